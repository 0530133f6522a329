import { describe, expect, test } from 'vitest';
import { ADA, BEN, event, joined, reply, turn } from '../session/testing/samples.ts';
import {
  addDelta,
  addEvent,
  addPlayout,
  splitAtCut,
  type ReplyEntry,
  type TranscriptEntry,
} from './transcript.ts';

const words = (role: 'user' | 'assistant', itemId: string, delta: string) => ({ role, itemId, delta });
const ids = (entries: TranscriptEntry[]) => entries.map((entry) => entry.itemId);

describe('deltas', () => {
  test('grow one item', () => {
    const one = addDelta([], words('assistant', 'a', 'Good '), 1);
    const two = addDelta(one, words('assistant', 'a', 'morning'), 2);
    expect(two).toMatchObject([{ kind: 'reply', text: 'Good morning', live: true, at: 1 }]);
  });

  test('of a turn come before the answer that is already being spoken', () => {
    const reply = addDelta([], words('assistant', 'a', 'Yes'), 1);
    expect(ids(addDelta(reply, words('user', 'u', 'Is it?'), 2))).toEqual(['u', 'a']);
  });

  test('after the finished text are stale', () => {
    const done = addEvent([], reply(1, 'a', 'Done.'));
    expect(addDelta(done, words('assistant', 'a', 'late'), 9)).toBe(done);
  });

  test('that claim the ID of something that was typed change nothing', () => {
    const typed = addEvent(
      [],
      event(1, 'text:sent', { itemId: 't', participantId: ADA, name: 'Ada', text: 'Hi' }),
    );
    expect(addDelta(typed, words('user', 't', 'x'), 2)).toBe(typed);
  });
});

describe('events', () => {
  test('replace the growing words in their place', () => {
    const growing = addDelta(addDelta([], words('user', 'u', 'helo'), 1), words('assistant', 'a', 'Hi'), 2);
    const entries = addEvent(growing, turn(3, 'u', 'Hello'));
    expect(entries).toMatchObject([
      { itemId: 'u', text: 'Hello', live: false, at: 1, speakers: [{ name: 'Ada' }] },
      { itemId: 'a', live: true },
    ]);
  });

  test('of a turn without deltas still come before the answer being spoken', () => {
    const reply = addDelta([], words('assistant', 'a', 'Yes'), 1);
    expect(ids(addEvent(reply, turn(2, 'u', 'Is it?')))).toEqual(['u', 'a']);
  });

  test('beside the words become moments, or nothing', () => {
    const entries = [
      joined(1, BEN, 'Ben'),
      event(2, 'participant:muted', { participantId: BEN, muted: true }),
      event(3, 'error:raised', { source: 'provider', code: 'x', message: 'The provider is busy' }),
    ].reduce<TranscriptEntry[]>(addEvent, []);
    expect(entries).toMatchObject([
      { kind: 'moment', text: 'Ben joined', tone: 'quiet' },
      { kind: 'moment', text: 'The provider is busy', tone: 'warning' },
    ]);
  });
});

test('the playout moves a reply that is being spoken, and no other', () => {
  const live = addDelta([], words('assistant', 'a', 'Yes'), 1);
  expect(addPlayout(live, { itemId: 'a', playedMs: 500, queuedMs: 1_500 })).toMatchObject([
    { heardMs: 500, audioMs: 2_000 },
  ]);
  expect(addPlayout(live, { itemId: 'b', playedMs: 1, queuedMs: 1 })).toBe(live);
});

describe('a cut', () => {
  const entry = (change: Parameters<typeof reply>[3]) =>
    addEvent([], reply(1, 'a', 'one two three four', change))[0] as ReplyEntry;

  test('splits at the word that was reached', () => {
    expect(splitAtCut(entry({ status: 'cancelled', audioMs: 4_000, heardMs: 1_900 }))).toEqual({
      heard: 'one two three',
      unheard: ' four',
    });
  });

  test('before the first sound leaves nothing heard', () => {
    expect(splitAtCut(entry({ status: 'cancelled', audioMs: 4_000, heardMs: 0 }))?.heard).toBe('');
  });

  test('is not what is heard to the end, or has no audio', () => {
    expect(splitAtCut(entry({ audioMs: 4_000, heardMs: 3_900 }))).toBeUndefined();
    expect(splitAtCut(entry({ audioMs: 0, heardMs: 0 }))).toBeUndefined();
  });
});
