import { DEFAULT_CONVERSATION, newParticipantId, type ParticipantId } from '@parley/contract';
import { beforeEach, expect, test } from 'vitest';
import { DUCK_FROM_MS, Interruption, type Verdict } from './Interruption.ts';

const [anna, ben] = [newParticipantId(), newParticipantId()];
const NOBODY = new Set<ParticipantId>();
let interruption: Interruption;

beforeEach(() => {
  interruption = new Interruption(DEFAULT_CONVERSATION.bargeIn);
});

/** `ms` of these voices; the verdicts that came, in order and without repeats, and when the last new one came. */
function say(ms: number, ...voices: ParticipantId[]) {
  const verdicts: Verdict[] = [];
  let lastAtMs = 0;
  for (let atMs = 20; atMs <= ms; atMs += 20) {
    const verdict = interruption.update(voices.length > 0 ? new Set(voices) : NOBODY);
    if (verdicts.at(-1) === verdict) continue;
    verdicts.push(verdict);
    lastAtMs = atMs;
  }
  return { verdicts, lastAtMs };
}

test('M70 speech ducks from 80 ms on and cuts at 400 ms', () => {
  expect(say(DUCK_FROM_MS - 20, anna)).toEqual({ verdicts: ['none'], lastAtMs: 20 });
  expect(say(20, anna).verdicts).toEqual(['duck']);
  expect(say(1_000, anna)).toEqual({ verdicts: ['duck', 'cut'], lastAtMs: 320 });
});

test.each([
  ['a cough', 150],
  ['mm-hm', 300],
])('M70 %s does not cut, and the duck is released', (_, ms) => {
  expect(say(ms, anna).verdicts).not.toContain('cut');
  expect(say(400).verdicts).toEqual(['duck', 'none']);
});

test('a keyboard never adds up', () => {
  for (let key = 0; key < 100; key++) {
    expect(say(40, anna).verdicts).toEqual(['none']);
    expect(say(160).verdicts).toEqual(['none']);
  }
});

test('coughs with breaths in between do not add up', () => {
  for (let cough = 0; cough < 10; cough++) {
    expect(say(160, anna).verdicts).not.toContain('cut');
    say(240);
  }
});

test('words with gaps of a stop consonant do', () => {
  say(160, anna);
  say(60);
  expect(say(300, anna)).toMatchObject({ verdicts: ['duck', 'cut'], lastAtMs: 240 });
});

test('two who agree at once are not one who interrupts', () => {
  for (let frame = 0; frame < 30; frame++)
    expect(say(20, frame % 2 ? anna : ben).verdicts).not.toContain('cut');
  expect(say(300, anna, ben).verdicts).toContain('cut');
});

test('it is over when nobody has spoken for a breath', () => {
  say(1_000, anna);
  expect(say(320)).toEqual({ verdicts: ['cut', 'none'], lastAtMs: 300 });
  expect(interruption.quietMs).toBe(320);
  expect(say(60, anna).verdicts).toEqual(['none']);
});

test('as the session wants it: at once, late, or never', () => {
  interruption.configure({ enabled: true, minSpeechMs: 0 });
  expect(say(20, anna).verdicts).toEqual(['cut']);
  say(400);
  interruption.configure({ enabled: true, minSpeechMs: 1_000 });
  expect(say(1_000, anna)).toEqual({ verdicts: ['none', 'duck', 'cut'], lastAtMs: 1_000 });
  interruption.configure({ enabled: false, minSpeechMs: 0 });
  expect(say(1_000, anna).verdicts).toEqual(['none']);
});
