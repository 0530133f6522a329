import { ConversationChange, DEFAULT_CONVERSATION, type ConversationSettings } from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { formOf, readForm, type SettingsForm } from './settingsForm.ts';

const settings = (change: Partial<ConversationSettings> = {}) => ({ ...DEFAULT_CONVERSATION, ...change });
const read = (change: Partial<SettingsForm>, before = settings()) =>
  readForm({ ...formOf(before), ...change }, before);
const changeOf = (...args: Parameters<typeof read>) => {
  const reading = read(...args);
  return reading.ok ? reading.change : reading.errors;
};

test('what nobody touched is not sent', () => {
  const before = settings({
    answer: 'addressed',
    wakeNames: ['Jarvis', 'Hal'],
    turnDetection: { type: 'semantic', eagerness: 'low' },
    costLimitUsd: 2.5,
  });
  expect(changeOf({}, before)).toEqual({});
});

test('what differs is sent alone, and the hub takes it', () => {
  const change = changeOf({ answer: 'scribe', bargeIn: false });
  expect(change).toEqual({ answer: 'scribe', bargeIn: { enabled: false, minSpeechMs: 400 } });
  expect(ConversationChange.safeParse(change).success).toBe(true);
});

describe('the end of a turn', () => {
  test('by silence keeps what the form does not show', () => {
    const turnDetection = { type: 'server', threshold: 0.7, prefixPaddingMs: 100, silenceMs: 500 } as const;
    expect(changeOf({ silenceMs: 900 }, settings({ turnDetection }))).toEqual({
      turnDetection: { ...turnDetection, silenceMs: 900 },
    });
  });

  test('by meaning, by hand and back', () => {
    expect(changeOf({ detection: 'semantic', eagerness: 'high' })).toEqual({
      turnDetection: { type: 'semantic', eagerness: 'high' },
    });
    expect(changeOf({ detection: 'none' })).toEqual({ turnDetection: { type: 'none' } });
    expect(changeOf({ detection: 'server' }, settings({ turnDetection: { type: 'none' } }))).toEqual({
      turnDetection: DEFAULT_CONVERSATION.turnDetection,
    });
  });
});

describe('names', () => {
  test('are split, trimmed and there once', () => {
    expect(changeOf({ names: ' Hal, , Jarvis,Hal ' })).toEqual({ wakeNames: ['Hal', 'Jarvis'] });
  });

  test.each([
    ['a,b,c,d,e,f,g,h,i', '8 names at most.'],
    ['x'.repeat(41), '“xxxxxxxxxxxx…” is too long for a name.'],
  ])('that the hub would refuse are refused here (%s)', (names, error) => {
    expect(changeOf({ names })).toEqual({ names: error });
  });
});

describe('the limit', () => {
  test.each([
    ['2', 2],
    ['$ 2.50', 2.5],
    ['0,75', 0.75],
    ['.5', 0.5],
  ])('is read as people write it (%s)', (limit, costLimitUsd) => {
    expect(changeOf({ limit })).toEqual({ costLimitUsd });
  });

  test('left empty is none', () => {
    expect(changeOf({ limit: ' ' }, settings({ costLimitUsd: 3 }))).toEqual({ costLimitUsd: null });
  });

  test.each(['two', '0', '-1', '1e9', '20000', '1.2.3'])('that makes no sense (%s) is said so', (limit) => {
    expect(read({ limit })).toMatchObject({ ok: false, errors: { limit: expect.any(String) } });
  });
});
