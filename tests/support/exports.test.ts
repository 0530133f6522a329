import { expect, test } from 'vitest';
import { readNdjson, readVtt } from './exports.ts';

const cue = (timing: string, text = 'Hello') => `WEBVTT\n\n${timing}\n${text}\n`;

test('cues with and without names, notes and voices', () => {
  const text =
    'WEBVTT - A title\n\nNOTE made for a test\n\n1\n00:00:01.000 --> 00:00:02.500 align:start\n<v Anna>Good &amp; well\n\n' +
    '00:00:02.000 --> 00:00:03.000\ntwo\nlines\n';
  expect(readVtt(text)).toEqual([
    { fromMs: 1_000, toMs: 2_500, text: '<v Anna>Good &amp; well' },
    { fromMs: 2_000, toMs: 3_000, text: 'two\nlines' },
  ]);
  expect(readVtt('WEBVTT\n')).toEqual([]);
});

test.each([
  ['no header', '00:00:01.000 --> 00:00:02.000\nHi\n', 'header'],
  ['a time that is none', cue('00:01 --> 00:00:02.000'), 'time'],
  ['a cue that ends first', cue('00:00:02.000 --> 00:00:01.000'), 'ends before'],
  ['no words', 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n', 'without words'],
  ['a bare ampersand', cue('00:00:01.000 --> 00:00:02.000', 'you & me'), 'Unescaped'],
  ['a bare angle', cue('00:00:01.000 --> 00:00:02.000', '<script>'), 'Unescaped'],
  ['an arrow', cue('00:00:01.000 --> 00:00:02.000', 'a --> b'), 'arrow'],
])('%s is refused', (_name, text, words) => {
  expect(() => readVtt(text)).toThrow(words);
});

test('lines of JSON', () => {
  expect(readNdjson('{"a":1}\n{"b":2}\n')).toEqual([{ a: 1 }, { b: 2 }]);
  expect(readNdjson('')).toEqual([]);
  expect(() => readNdjson('{"a":1}')).toThrow('no end');
  expect(() => readNdjson('{"a":1}\n\n')).toThrow('Line 2');
});
