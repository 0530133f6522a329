import { newParticipantId } from '@parley/contract';
import { beforeEach, expect, test } from 'vitest';
import { CostMeter, type CostMeterOptions, Spending } from './CostMeter.ts';
import { PRICES } from './prices.ts';

const anna = { participantId: newParticipantId(), name: 'Anna' };
const ben = { participantId: newParticipantId(), name: 'Ben' };
/** $0.10 of gpt-realtime-2. */
const usage = {
  inputTextTokens: 25_000,
  inputAudioTokens: 0,
  cachedTokens: 0,
  outputTextTokens: 0,
  outputAudioTokens: 0,
};

let told: string[];
const meter = (options: Partial<CostMeterOptions> = {}) =>
  new CostMeter({
    model: 'gpt-realtime-2',
    prices: PRICES,
    spentUsd: 0,
    limitUsd: null,
    limited: ({ state, spentUsd }) => told.push(`${state} at ${spentUsd.toFixed(2)}`),
    changed: () => undefined,
    ...options,
  });

beforeEach(() => (told = []));

test('M111 sums for the session, for each participant by share, and for the process', () => {
  const total = new Spending();
  const mine = meter({ spentUsd: 1, total });
  expect(mine.record(usage, [{ ...anna, share: 1 }])).toBeCloseTo(0.1);
  mine.record(usage, [
    { ...anna, share: 0.25 },
    { ...ben, share: 0.75 },
  ]);
  mine.record(usage, []);
  const { spentUsd, tokens, participants } = mine.view;
  expect(spentUsd).toBeCloseTo(1.3);
  expect(tokens.inputTextTokens).toBe(75_000);
  expect(participants.map(({ name, costUsd }) => [name, costUsd.toFixed(3)])).toEqual([
    ['Anna', '0.125'],
    ['Ben', '0.075'],
  ]);
  expect(total.usd).toBeCloseTo(0.3);
  expect(total.responses).toBe(3);
});

test('M112 warned at 80 %, paused at 100 %, each told once', () => {
  const mine = meter({ limitUsd: 0.5 });
  for (let i = 0; i < 6; i++) mine.record(usage, []);
  expect(told).toEqual(['warned at 0.40', 'paused at 0.50']);
  expect(mine.paused).toBe(true);
});

test('M112 a limit that is raised resumes; one that is lowered pauses', () => {
  const mine = meter({ limitUsd: 0.1 });
  mine.record(usage, []);
  mine.setLimit(0.12);
  expect(mine.paused).toBe(false);
  mine.setLimit(0.05);
  mine.setLimit(null);
  expect(told).toEqual(['paused at 0.10', 'resumed at 0.10', 'paused at 0.10', 'resumed at 0.10']);
});

test('M112 one dear response goes past the warning', () => {
  const mine = meter({ limitUsd: 0.05 });
  mine.record(usage, []);
  expect(told).toEqual(['paused at 0.10']);
});

test('M112 what was so at the beginning is no news', () => {
  const mine = meter({ limitUsd: 1, spentUsd: 2 });
  expect(mine.paused).toBe(true);
  expect(told).toEqual([]);
});

test('a model without a price: tokens are counted, money is not', () => {
  const mine = meter({ model: 'gpt-of-tomorrow', limitUsd: 0.01 });
  expect(mine.record(usage, [{ ...anna, share: 1 }])).toBeNull();
  expect(mine.view).toMatchObject({ spentUsd: 0, tokens: { inputTextTokens: 25_000 } });
  expect(mine.priced).toBe(false);
  expect(mine.paused).toBe(false);
});
