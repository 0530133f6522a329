import type { DownwardMessage, EventData, ParticipantId, Speaker, TokenUsage } from '@parley/contract';
import type { LinkUsage } from './ports.ts';
import { costOf, type PriceTable } from './prices.ts';

export type CostView = Omit<Extract<DownwardMessage, { type: 'cost' }>, 'type'>;
type CostLimited = EventData<'cost:limited'>;

/** From this part of the limit on people are warned. */
export const WARN_AT = 0.8;

/** Tokens and dollars of one session, or of all of them. */
export class Spending {
  usd = 0;
  responses = 0;
  readonly tokens: TokenUsage = {
    inputTextTokens: 0,
    inputAudioTokens: 0,
    cachedTokens: 0,
    outputTextTokens: 0,
    outputAudioTokens: 0,
  };

  add(usage: TokenUsage, usd: number | null): void {
    this.usd += usd ?? 0;
    this.responses += 1;
    for (const kind of Object.keys(this.tokens) as (keyof TokenUsage)[]) this.tokens[kind] += usage[kind];
  }
}

export interface CostMeterOptions {
  model: string;
  prices: PriceTable;
  /** What the session cost before this meter began. */
  spentUsd: number;
  limitUsd: number | null;
  /** The sum over all sessions of this process. */
  total?: Spending | undefined;
  /** The limit has come near, was reached, or is far again. Not told of what was so at the beginning. */
  limited: (limited: CostLimited) => void;
  changed: () => void;
}

/** What a session costs, for whom, and whether it may cost more. */
export class CostMeter {
  readonly #options: CostMeterOptions;
  readonly #spending = new Spending();
  readonly #participants = new Map<ParticipantId, { name: string; costUsd: number }>();
  #limitUsd: number | null;
  #level: 'within' | 'warned' | 'paused';

  constructor(options: CostMeterOptions) {
    this.#options = options;
    this.#spending.usd = options.spentUsd;
    this.#limitUsd = options.limitUsd;
    this.#level = this.#judge();
  }

  /** The limit is reached: nothing more may be asked of the provider. */
  get paused(): boolean {
    return this.#level === 'paused';
  }

  /** False when a limit cannot be kept, because nobody knows what the model costs. */
  get priced(): boolean {
    return Object.hasOwn(this.#options.prices, this.#options.model);
  }

  get limitUsd(): number | null {
    return this.#limitUsd;
  }

  get view(): CostView {
    return {
      spentUsd: this.#spending.usd,
      limitUsd: this.#limitUsd,
      tokens: { ...this.#spending.tokens },
      participants: [...this.#participants].map(([participantId, each]) => ({ participantId, ...each })),
    };
  }

  /** One response more. Returns what it cost, null when that is not known. */
  record(usage: LinkUsage, causedBy: readonly Speaker[]): number | null {
    const { model, prices, total, changed } = this.#options;
    const costUsd = costOf(model, usage, prices);
    this.#spending.add(usage, costUsd);
    total?.add(usage, costUsd);
    for (const { participantId, name, share } of causedBy) {
      const before = this.#participants.get(participantId)?.costUsd ?? 0;
      this.#participants.set(participantId, { name, costUsd: before + share * (costUsd ?? 0) });
    }
    this.#look();
    changed();
    return costUsd;
  }

  setLimit(usd: number | null): void {
    if (usd === this.#limitUsd) return;
    this.#limitUsd = usd;
    this.#look();
    this.#options.changed();
  }

  #judge(): 'within' | 'warned' | 'paused' {
    if (this.#limitUsd === null) return 'within';
    if (this.#spending.usd >= this.#limitUsd) return 'paused';
    return this.#spending.usd >= this.#limitUsd * WARN_AT ? 'warned' : 'within';
  }

  #look(): void {
    const before = this.#level;
    const level = this.#judge();
    this.#level = level;
    if (level === before) return;
    const { usd: spentUsd } = this.#spending;
    const tell = (state: CostLimited['state']) =>
      this.#options.limited({ state, spentUsd, limitUsd: this.#limitUsd });
    if (level !== 'within' && before !== 'paused') tell(level);
    else if (before === 'paused') tell('resumed');
  }
}
