import { DEFAULT_CONVERSATION } from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { ADA, BEN, event, reply, turn } from '../session/testing/samples.ts';
import { addEvent, splitAtCut, type ReplyEntry, type TranscriptEntry } from './transcript.ts';

const rows = (...events: Parameters<typeof addEvent>[1][]) => events.reduce<TranscriptEntry[]>(addEvent, []);
const configured = (change: Partial<typeof DEFAULT_CONVERSATION>) =>
  event(1, 'session:configured', {
    participantId: ADA,
    conversation: { ...DEFAULT_CONVERSATION, ...change },
  });

test('a turn keeps why it was not answered', () => {
  expect(rows(turn(1, 'u', 'Lovely weather', { answer: 'not-addressed' }))).toMatchObject([
    { kind: 'turn', text: 'Lovely weather', answer: 'not-addressed' },
  ]);
});

describe('rows of the conversation', () => {
  test('tell the settings that matter', () => {
    expect(rows(configured({ answer: 'addressed', costLimitUsd: 2 }))).toMatchObject([
      { kind: 'moment', text: 'The assistant now answers to its name · limit $2.00', tone: 'quiet' },
    ]);
    const firm = { enabled: false, minSpeechMs: 400 };
    expect(rows(configured({ bargeIn: firm }))[0]).toMatchObject({
      text: 'The assistant now answers everything that is said · cannot be interrupted',
    });
  });

  test('tell the cost as a warning until it goes on', () => {
    const limited = (state: 'warned' | 'paused' | 'resumed', spentUsd: number) =>
      event(1, 'cost:limited', { state, spentUsd, limitUsd: 2 });
    expect(rows(limited('warned', 1.6))).toMatchObject([
      { text: 'Close to the cost limit: $1.60 of $2.00', tone: 'warning' },
    ]);
    expect(rows(limited('paused', 2.01))).toMatchObject([{ tone: 'warning' }]);
    expect(rows(limited('resumed', 2.01))).toMatchObject([{ tone: 'quiet' }]);
  });

  test('mark the seam, with its pause only where it was noticed', () => {
    const seam = (summarised: number, gapMs: number) =>
      event(1, 'assistant:rolled-over', { reason: 'age', replayed: 8, summarised, gapMs });
    expect(rows(seam(0, 0))).toMatchObject([
      { text: 'A fresh connection carries the conversation on', tone: 'seam' },
    ]);
    expect(rows(seam(20, 1_500))[0]).toMatchObject({
      text: 'A fresh connection carries the conversation on · older words in summary · after 1.5\u00a0s',
    });
  });

  test('mark where the room moved', () => {
    const moved = (reason: 'mixer-lost' | 'drained', gapMs: number) =>
      event(1, 'room:moved', { reason, gapMs });
    expect(rows(moved('drained', 40))).toMatchObject([
      { text: 'The conversation moved to another voice server', tone: 'seam' },
    ]);
    expect(rows(moved('mixer-lost', 1_500))[0]).toMatchObject({
      text: 'The voice server was lost; another one carries the conversation on · after 1.5\u00a0s',
    });
  });

  test('tell groups of devices and their end', () => {
    const grouped = (participantIds: (typeof ADA)[]) =>
      event(1, 'devices:grouped', { participantIds, speakerId: participantIds[0] ?? null });
    expect(rows(grouped([ADA, BEN]))).toMatchObject([
      { text: '2 devices in one room share a microphone and a loudspeaker' },
    ]);
    expect(rows(grouped([]))).toMatchObject([
      { text: 'The devices in one room have sounds of their own again' },
    ]);
  });
});

describe('a reply', () => {
  const entry = (change: Parameters<typeof reply>[3]) =>
    rows(reply(1, 'a', 'one two three four', change))[0] as ReplyEntry;

  test('is cut where the room says', () => {
    const cut = { status: 'cancelled', audioMs: 4_000, heardMs: 3_900 } as const;
    expect(splitAtCut(entry({ ...cut, heardText: 'one two' }))).toEqual({
      heard: 'one two',
      unheard: ' three four',
    });
    expect(splitAtCut(entry({ ...cut, heardText: 'one two ' }))?.unheard).toBe(' three four');
    expect(splitAtCut(entry({ ...cut, heardText: '' }))).toEqual({
      heard: '',
      unheard: 'one two three four',
    });
  });

  test('whose words were all heard is not cut', () => {
    const change = { status: 'cancelled', audioMs: 4_000, heardMs: 3_000 } as const;
    expect(splitAtCut(entry({ ...change, heardText: 'one two three four' }))).toBeUndefined();
  });

  test('with words that are not its own is cut by time', () => {
    const change = { status: 'cancelled', audioMs: 4_000, heardMs: 1_900 } as const;
    expect(splitAtCut(entry({ ...change, heardText: 'something else' }))?.heard).toBe('one two three');
  });

  test('keeps what it goes on from', () => {
    expect(entry({ resumes: 'b' })).toMatchObject({ resumes: 'b' });
  });
});
