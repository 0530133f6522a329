import { expect, test } from 'vitest';
import { readPrices } from '../readPrices.ts';
import { costOf, ModelPrices, PRICES } from './prices.ts';

const usage = {
  inputTextTokens: 1_000,
  inputAudioTokens: 9_000,
  cachedTokens: 0,
  outputTextTokens: 100,
  outputAudioTokens: 1_000,
};

test('M110 a response costs what its tokens cost', () => {
  // 1,000 × 4 + 9,000 × 32 + 100 × 24 + 1,000 × 64, for a million
  expect(costOf('gpt-realtime-2', usage)).toBeCloseTo(0.3584, 9);
});

test('M110 what was cached is cheap: told apart, or in proportion', () => {
  const cached = { ...usage, cachedTokens: 5_000 };
  // 500 text and 4,500 audio of it
  expect(costOf('gpt-realtime-2', cached)).toBeCloseTo(0.3584 - (500 * 3.6 + 4_500 * 31.6) / 1e6, 9);
  const told = { ...cached, cachedAudioTokens: 5_000 };
  expect(costOf('gpt-realtime-2', told)).toBeCloseTo(0.3584 - (5_000 * 31.6) / 1e6, 9);
  const nonsense = { ...usage, cachedTokens: 1e9, cachedAudioTokens: 1e9 };
  expect(costOf('gpt-realtime-2', nonsense)).toBeGreaterThan(0);
});

test('nothing costs nothing, and an unknown model nobody knows what', () => {
  const nothing = { ...usage, inputTextTokens: 0, inputAudioTokens: 0, outputTextTokens: 0 };
  expect(costOf('gpt-realtime-2', { ...nothing, outputAudioTokens: 0 })).toBe(0);
  expect(costOf('gpt-of-tomorrow', usage)).toBeNull();
  expect(costOf('constructor', usage)).toBeNull();
});

test('the table has the models that last', () => {
  for (const model of ['gpt-realtime-2.1', 'gpt-realtime-2.1-mini', 'gpt-realtime-2'])
    expect(ModelPrices.safeParse(PRICES[model]).success).toBe(true);
});

test('PRICES_JSON adds to the table and corrects it', () => {
  const mine = { textIn: 1, textCached: 1, textOut: 1, audioIn: 1, audioCached: 1, audioOut: 1 };
  const prices = readPrices(JSON.stringify({ mine, 'gpt-realtime-2': mine }));
  expect(prices['mine']).toEqual(mine);
  expect(costOf('gpt-realtime-2', usage, prices)).toBeCloseTo(0.0111, 9);
  expect(prices['gpt-realtime-2.1']).toEqual(PRICES['gpt-realtime-2.1']);
  expect(readPrices(undefined)).toBe(PRICES);
});

test.each(['{', '{"m":{"textIn":-1}}', '{"m":3}', '/no/such/file.json'])(
  'PRICES_JSON=%s is refused by name',
  (text) => {
    expect(() => readPrices(text)).toThrow(/^PRICES_JSON: /);
  },
);
