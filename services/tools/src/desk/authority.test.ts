import { DEFAULT_TOOL_POLICIES, type CallCause } from '@parley/contract';
import { expect, test } from 'vitest';
import { someone, typedBy } from '../testing/deskWorld.ts';
import { decide, decideAbout } from './authority.ts';

const [anna, ben, lea] = [someone('Anna', 'owner'), someone('Ben', 'speaker'), someone('Lea', 'listener')];
const spoken = (overlap: number, ...askers: CallCause['askers']): CallCause => ({
  askers,
  overlap,
  by: 'voice',
  words: 'x',
});
const { code, nested_team: team } = DEFAULT_TOOL_POLICIES;

test.each([
  [0.75, 0.25, 'allowed'],
  [0.749, 0.25, 'asked'],
  [0.75, 0.251, 'asked'],
])('T6 a voice with %d of a turn, %d of it at once, is %s', (share, overlap, decision) => {
  const cause = spoken(overlap, { ...lea, share: 1 - share }, { ...anna, share });
  expect(decide(cause, code).decision).toBe(decision);
});

test('T6 a quiet owner lends no right to a loud listener', () => {
  expect(decide(spoken(0, { ...lea, share: 0.9 }, { ...anna, share: 0.1 }), team).decision).toBe('asked');
});

test('T6 what is switched off is refused, whoever asks', () => {
  expect(decide(typedBy(anna), { ...code, enabled: false })).toEqual({
    decision: 'refused',
    reason: 'This tool is switched off in this session',
  });
});

test('T6 a job is stopped by those who may allow it and by who asked for it, on clear words', () => {
  const job = { cause: typedBy(ben), policy: team };
  expect(decideAbout(typedBy(anna), job)).toEqual({ decision: 'allowed', reason: 'Anna is an owner' });
  expect(decideAbout(typedBy(ben), job)).toEqual({ decision: 'allowed', reason: 'Ben asked for this job' });
  expect(decideAbout(typedBy(lea), job).decision).toBe('refused');
  expect(decideAbout(typedBy(someone('Ben', 'speaker')), job).decision).toBe('refused');
  expect(decideAbout(spoken(0.9, { ...ben, share: 0.5 }, { ...lea, share: 0.5 }), job).decision).toBe(
    'refused',
  );
});
