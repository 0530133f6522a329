import { newParticipantId, type PastFact } from '@parley/contract';
import { expect, test } from 'vitest';
import { History } from './History.ts';
import { recall } from './recall.ts';

const anna = { participantId: newParticipantId(), name: 'Anna' };
const reply = { responseId: 'r', status: 'cancelled' as const, audioMs: 900, heardMs: 300, resumes: null };
const past: PastFact[] = [
  {
    type: 'turn:completed',
    data: {
      itemId: 'a',
      text: 'What is the time?',
      failure: null,
      startMs: 0,
      endMs: 1,
      speakers: [{ ...anna, share: 1 }],
      overlap: 0,
      answer: 'asked',
    },
  },
  { type: 'reply:completed', data: { ...reply, itemId: 'b', text: 'It is noon.', heardText: 'It is' } },
  { type: 'reply:completed', data: { ...reply, itemId: 'c', text: 'Not a word heard.', heardText: '' } },
  { type: 'text:sent', data: { itemId: 'd', ...anna, text: 'Thanks' } },
];

test('M28 what was said in former rooms is told as people heard it, with its speakers, in order', () => {
  const history = new History();
  recall(history, past);
  expect(history.replay('s')).toEqual({
    items: [
      { id: 'a', role: 'user', text: 'Anna: What is the time?' },
      { id: 'b', role: 'assistant', text: 'It is' },
      { id: 'd', role: 'user', text: 'Anna (typed): Thanks' },
    ],
    replayed: 3,
    summarised: 0,
  });
});

test('M28 a long past is cut like any other: the last 20 word for word, the rest in short', () => {
  const history = new History();
  const said = Array.from({ length: 50 }, (_, i) => ({
    type: 'text:sent' as const,
    data: { itemId: `t${i}`, ...anna, text: `line ${i}` },
  }));
  recall(history, said);
  const { items, replayed, summarised } = history.replay('s');
  expect([replayed, summarised]).toEqual([20, 30]);
  expect(items[0]).toMatchObject({ id: 's', role: 'system' });
});
