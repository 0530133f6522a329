import { expect, test } from 'vitest';
import { ADA, BEN, event, joined, left, reply, turn } from '../session/testing/samples.ts';
import { attendanceOf, totalMs } from './presence.ts';

test('who was there, and for how long', () => {
  const { people, from, to } = attendanceOf(
    [joined(1, ADA, 'Ada'), joined(2, BEN, 'Ben'), left(4, BEN, 'Ben'), joined(6, BEN, 'Ben')],
    9_000,
  );
  expect(people.map(({ name, there }) => [name, totalMs(there)])).toEqual([
    ['Ada', 8_000],
    ['Ben', 5_000],
  ]);
  expect([from, to]).toEqual([1_000, 9_000]);
});

test('a second joining without a leaving does not begin anew', () => {
  const { people } = attendanceOf([joined(1, ADA, 'Ada'), joined(3, ADA, 'Ada')], 5_000);
  expect(people[0]?.there).toEqual([{ from: 1_000, to: 5_000 }]);
});

test('speech is counted by shares and ends when its turn was completed', () => {
  const speakers = [
    { participantId: ADA, name: 'Ada', share: 0.75 },
    { participantId: BEN, name: 'Ben', share: 0.25 },
  ];
  const { people } = attendanceOf([turn(5, 'u', 'Hello', { startMs: 1_000, endMs: 3_000, speakers })], 9_000);
  expect(people).toMatchObject([
    { name: 'Ada', spoke: [{ from: 3_000, to: 5_000 }], spokenMs: 1_500 },
    { name: 'Ben', spokenMs: 500 },
  ]);
});

test('answers count as far as they were heard, and typed messages by number', () => {
  const { replies, people } = attendanceOf(
    [
      event(2, 'text:sent', { itemId: 't', participantId: ADA, name: 'Ada', text: 'Hi' }),
      reply(4, 'a', 'Yes', { heardMs: 1_000 }),
    ],
    9_000,
  );
  expect([replies, people[0]?.typed]).toEqual([[{ from: 3_000, to: 4_000 }], 1]);
});

test('nothing happened, nobody was there', () => {
  expect(attendanceOf([], 9_000)).toEqual({ people: [], replies: [], from: 9_000, to: 9_000 });
});
