import { type AnswerDecision, type ConversationChange, DEFAULT_CONVERSATION } from '@parley/contract';
import { expect, test } from 'vitest';
import { AnswerPolicy, type SaidTurn } from './AnswerPolicy.ts';

type Case = [
  what: string,
  settings: ConversationChange,
  given: {
    text?: string;
    transcript?: SaidTurn['transcript'];
    held?: boolean;
    voices?: number;
    people?: number;
    /** Since the end of the last reply. */
    sinceMs?: number;
    replying?: boolean;
    paused?: boolean;
  },
  decision: AnswerDecision | undefined,
];

const addressed = { answer: 'addressed', followUpMs: 8_000 } as const;
const missing = { at: 'missing' } as const;
const waiting = { at: 'waiting' } as const;

test.each<Case>([
  ['every turn', { answer: 'always' }, {}, 'asked'],
  ['a turn without words yet', { answer: 'always' }, { transcript: waiting }, 'asked'],
  ['a turn whose words failed', { answer: 'always' }, { transcript: missing }, 'asked'],
  ['a cough', { answer: 'always' }, { text: ' ' }, 'nothing-said'],
  ['a cough to a scribe', { answer: 'scribe' }, { text: '' }, 'nothing-said'],
  ['anything to a scribe', { answer: 'scribe' }, { text: 'Parley, speak!' }, 'scribe'],
  ['a scribe needs no words', { answer: 'scribe' }, { transcript: waiting }, 'scribe'],
  ['the cost limit', { answer: 'always' }, { paused: true }, 'paused'],
  ['the cost limit, addressed', addressed, { text: 'Parley?', paused: true }, 'paused'],
  ['held', { answer: 'push-to-talk' }, { held: true, transcript: waiting }, 'asked'],
  ['held, words failed', { answer: 'push-to-talk' }, { held: true, transcript: missing }, 'asked'],
  ['not held', { answer: 'push-to-talk' }, { text: 'Parley?' }, 'not-addressed'],
  ['its name', addressed, { text: 'What now, Parley?' }, 'asked'],
  ['its name, misheard', addressed, { text: 'What now, Parly?' }, 'asked'],
  ['another of its names', { ...addressed, wakeNames: ['Computer'] }, { text: 'Computer!' }, 'asked'],
  ['no name', addressed, { text: 'Lovely day.' }, 'not-addressed'],
  ['no name, held', addressed, { text: 'Lovely day.', held: true }, 'not-addressed'],
  ['words to come', addressed, { transcript: waiting }, undefined],
  ['words that failed, two people', addressed, { transcript: missing }, 'not-addressed'],
  ['words that failed, alone', addressed, { transcript: missing, people: 1 }, 'asked'],
  ['alone', addressed, { text: 'Lovely day.', people: 1 }, 'asked'],
  ['alone, words to come', addressed, { transcript: waiting, people: 1 }, 'asked'],
  ['a crowd', addressed, { text: 'Lovely day.', people: 16 }, 'not-addressed'],
  ['right after a reply', addressed, { text: 'And tomorrow?', sinceMs: 0 }, 'asked'],
  ['at the end of the window', addressed, { text: 'And tomorrow?', sinceMs: 8_000 }, 'asked'],
  ['after the window', addressed, { text: 'And tomorrow?', sinceMs: 8_001 }, 'not-addressed'],
  ['in the window, words to come', addressed, { transcript: waiting, sinceMs: 100 }, 'asked'],
  ['in the window, nobody known', addressed, { text: 'And?', sinceMs: 0, voices: 0 }, 'not-addressed'],
  ['no window', { ...addressed, followUpMs: 0 }, { text: 'And?', sinceMs: 0 }, 'not-addressed'],
  ['into a reply', addressed, { text: 'Wait!', replying: true }, 'asked'],
  ['begun before the reply ended', addressed, { text: 'Wait!', sinceMs: -900 }, 'asked'],
])('M50 %s', (_, settings, given, decision) => {
  const policy = new AnswerPolicy('Parley', { ...DEFAULT_CONVERSATION, ...settings });
  policy.people = given.people ?? 2;
  policy.paused = given.paused ?? false;
  if (given.sinceMs !== undefined) policy.heardReply(100_000 - given.sinceMs);
  const turn: SaidTurn = {
    transcript: given.transcript ?? { at: 'here', text: given.text ?? 'Hello there.' },
    beganAt: 100_000,
    held: given.held ?? false,
    voices: given.voices ?? 1,
  };
  expect(policy.decide(turn, given.replying ?? false)).toBe(decision);
});

test('M51 what is typed is answered, but by a scribe or over the limit', () => {
  const policy = new AnswerPolicy('Parley', DEFAULT_CONVERSATION);
  expect(policy.maySpeak).toBe(true);
  policy.configure({ ...DEFAULT_CONVERSATION, answer: 'push-to-talk' });
  expect(policy.maySpeak).toBe(true);
  policy.paused = true;
  expect(policy.maySpeak).toBe(false);
  policy.paused = false;
  policy.configure({ ...DEFAULT_CONVERSATION, answer: 'scribe' });
  expect(policy.maySpeak).toBe(false);
});
