import { expect, test } from 'vitest';
import { costFigure, count, limitShare } from './cost.ts';

const NONE = {
  inputTextTokens: 0,
  inputAudioTokens: 0,
  cachedTokens: 0,
  outputTextTokens: 0,
  outputAudioTokens: 0,
};
const cost = (spentUsd: number, limitUsd: number | null = null, inputAudioTokens = 0) => ({
  type: 'cost' as const,
  spentUsd,
  limitUsd,
  tokens: { ...NONE, inputAudioTokens },
  participants: [],
});

test('tokens are short', () => {
  expect([0, 999, 1_240, 99_400, 3_400_000].map(count)).toEqual(['0', '999', '1.2k', '99k', '3.4M']);
});

test('a model without a price shows its tokens', () => {
  expect(costFigure(cost(0, null, 1_500))).toBe('1.5k tokens');
  expect(costFigure(cost(0))).toBe('$0.00');
  expect(costFigure(cost(0.04, null, 1_500))).toBe('$0.04');
});

test('the part of the limit ends at all of it', () => {
  expect([cost(1), cost(1, 4), cost(5, 4), cost(0, 0)].map(limitShare)).toEqual([undefined, 0.25, 1, 1]);
});
