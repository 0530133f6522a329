import { expect, test } from 'vitest';
import { BadOptions, readOptions } from './options.ts';

const read = (line: string) => readOptions(line.split(' ').filter(Boolean), 2);

test('nothing said is ten rooms of four by plain RTP for a minute', () => {
  expect(read('')).toEqual({
    rooms: 10,
    participants: 4,
    talkers: 1.4,
    seconds: 60,
    join: 'rtp',
    ramp: 5,
    storm: false,
    json: false,
    soak: false,
  });
});

test.each([
  ['--rooms 0', /--rooms: /],
  ['--rooms many', /--rooms: /],
  ['--seconds 1e9', /--seconds: /],
  ['--join sip', /--join: /],
  ['--hub ftp://example.org', /--hub: /],
  ['--rooms 0 --ramp 0', /--rooms: .*--ramp: /],
  ['--room 5', /--room/],
  ['5', /5/],
  ['--rooms 1000 --participants 5', /5000 bots by rtp are more than this machine should play \(4000\)/],
  ['--rooms 40 --join webrtc', /160 bots by webrtc are more than this machine should play \(120\)/],
  ['--soak --hub http://127.0.0.1:3000', /--soak/],
])('%s is refused in words', (line, words) => {
  expect(() => read(line)).toThrow(BadOptions);
  expect(() => read(line)).toThrow(words);
});
