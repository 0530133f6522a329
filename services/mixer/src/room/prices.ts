import { z } from 'zod';
import type { LinkUsage } from './ports.ts';

const usd = z.number().min(0).max(100_000);

/** US dollars for a million tokens of each kind. Cached tokens are a part of the input, at their own price. */
export const ModelPrices = z.strictObject({
  textIn: usd,
  textCached: usd,
  textOut: usd,
  audioIn: usd,
  audioCached: usd,
  audioOut: usd,
});
export type ModelPrices = z.infer<typeof ModelPrices>;

export const PriceTable = z.record(z.string().min(1), ModelPrices);
export type PriceTable = Readonly<z.infer<typeof PriceTable>>;

const FULL = { textIn: 4, textCached: 0.4, textOut: 24, audioIn: 32, audioCached: 0.4, audioOut: 64 };
const EARLIER = { ...FULL, textOut: 16 };
const MINI = { textIn: 0.6, textCached: 0.06, textOut: 2.4, audioIn: 10, audioCached: 0.3, audioOut: 20 };

/**
 * As known in November 2026. Published for gpt-realtime-2; 2.1 is taken to cost the same, and the small ones what
 * gpt-realtime-mini costs. PRICES_JSON corrects and completes this table.
 */
export const PRICES: PriceTable = {
  'gpt-realtime-2.1': FULL,
  'gpt-realtime-2.1-mini': MINI,
  'gpt-realtime-2': FULL,
  'gpt-realtime-1.5': EARLIER,
  'gpt-realtime': EARLIER,
  'gpt-realtime-mini': MINI,
};

/** What a response cost in US dollars, or null when the price of the model is not known. */
export function costOf(model: string, usage: LinkUsage, prices: PriceTable = PRICES): number | null {
  const price = Object.hasOwn(prices, model) ? prices[model] : undefined;
  if (!price) return null;
  const { inputTextTokens, inputAudioTokens, cachedTokens, outputTextTokens, outputAudioTokens } = usage;
  const input = inputTextTokens + inputAudioTokens;
  // A provider that does not tell apart what was cached: as much of it as there is in all of the input.
  const share = input === 0 ? 0 : inputAudioTokens / input;
  const audioCached = Math.min(inputAudioTokens, usage.cachedAudioTokens ?? cachedTokens * share);
  const textCached = Math.min(inputTextTokens, cachedTokens - audioCached);
  const sum =
    (inputTextTokens - textCached) * price.textIn +
    textCached * price.textCached +
    outputTextTokens * price.textOut +
    (inputAudioTokens - audioCached) * price.audioIn +
    audioCached * price.audioCached +
    outputAudioTokens * price.audioOut;
  return Math.round(sum * 1_000) / 1_000_000_000;
}
