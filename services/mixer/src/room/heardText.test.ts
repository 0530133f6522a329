import { expect, test } from 'vitest';
import { splitHeard, wordsIn } from './heardText.ts';

test.each([
  [0, ''],
  [0.04, ''],
  [0.1, 'One'],
  [0.3, 'One two'],
  [0.5, 'One two three four,'],
  [1, 'One two three four, and a rest.'],
  [1.5, 'One two three four, and a rest.'],
  [Number.NaN, ''],
])('%d of a reply', (part, heard) => {
  const text = 'One two three four, and a rest.';
  const split = splitHeard(text, part);
  expect(split.heard).toBe(heard);
  expect(split.heard + split.rest).toBe(text);
});

test('a pause after a sentence is heard too; a number is read out', () => {
  expect(splitHeard('Yes. Then we go on with the next one.', 0.25).heard).toBe('Yes.');
  expect(splitHeard('1024 is a number of bytes.', 0.4).heard).toBe('1024');
});

test('no text, only spaces, no spaces', () => {
  expect(splitHeard('', 0.5)).toEqual({ heard: '', rest: '' });
  expect(splitHeard('  ', 0.5)).toEqual({ heard: '', rest: '  ' });
  expect(splitHeard('Donaudampfschiff', 0.2)).toEqual({ heard: '', rest: 'Donaudampfschiff' });
});

test.each([
  ['', 'none'],
  [' … ', 'none'],
  ['Mm-hm.', 'aside'],
  ['Uh-huh, yeah.', 'aside'],
  ['Ja, genau!', 'aside'],
  ['D’accord', 'aside'],
  ['Stop.', 'words'],
  ['Yeah but wait', 'words'],
  ['ok ok ok ok', 'words'],
])('%s → %s', (text, kind) => {
  expect(wordsIn(text)).toBe(kind);
});
