import type { TokenUsage } from '@parley/contract';
import { money } from '../../lib/format.ts';
import type { CostView } from '../session/roomModel.ts';

/** `830`, `1.2k`, `3.4M`. */
export function count(tokens: number): string {
  if (tokens < 1_000) return `${tokens}`;
  return tokens < 999_500 ? `${Number((tokens / 1e3).toPrecision(2))}k` : `${(tokens / 1e6).toFixed(1)}M`;
}

/** Cached tokens are part of the input already. */
export const allTokens = (tokens: TokenUsage): number =>
  tokens.inputTextTokens + tokens.inputAudioTokens + tokens.outputTextTokens + tokens.outputAudioTokens;

/** The figure in the header. A model without a known price shows its tokens. */
export function costFigure({ spentUsd, tokens }: CostView): string {
  const used = allTokens(tokens);
  if (spentUsd === 0 && used > 0) return `${count(used)} tokens`;
  return spentUsd > 0 && spentUsd < 0.01 ? '< $0.01' : money(spentUsd);
}

/** Part of the limit that is spent, 0…1; undefined without a limit. */
export function limitShare({ spentUsd, limitUsd }: CostView): number | undefined {
  return limitUsd === null ? undefined : limitUsd === 0 ? 1 : Math.min(1, spentUsd / limitUsd);
}

/** From here on the figure is coloured. */
export const NEAR_LIMIT = 0.8;
