import type { EventData } from '@parley/contract';
import type { AssistantEvents } from './assistantEvents.ts';
import { CostMeter, type CostMeterOptions } from './CostMeter.ts';
import type { Clock } from './ports.ts';
import { dollars } from './wording.ts';

/** A paused assistant goes on writing down what is said for so long, in case somebody raises the limit. */
export const PAUSED_LINK_MS = 60_000;

export interface CostGuardOptions extends Omit<CostMeterOptions, 'limited'> {
  clock: Clock;
  /** Is told when the assistant is paused, and when not any more. */
  policy: { paused: boolean };
  fact: (limited: EventData<'cost:limited'>) => void;
  notice: (...notice: AssistantEvents['notice']) => void;
  /** Dollars grow scarce. */
  near: () => void;
  /** Not even a link is worth its cost any more. */
  rest: () => void;
  /** There is money again. */
  wake: () => void;
}

/** Keeps a session within its cost limit: warns, pauses the assistant, lets its link go, wakes it again. */
export class CostGuard {
  readonly meter: CostMeter;
  readonly #options: CostGuardOptions;
  #undoRest: (() => void) | undefined;

  constructor(options: CostGuardOptions) {
    this.#options = options;
    this.meter = new CostMeter({ ...options, limited: (limited) => this.#limited(limited) });
    options.policy.paused = this.meter.paused;
  }

  /** The session may have been beyond its limit before. */
  start(): void {
    if (this.meter.paused) this.#restLater();
    this.#checkPriced();
  }

  setLimit(usd: number | null): void {
    this.meter.setLimit(usd);
    this.#checkPriced();
  }

  /** Why it is paused, for people. */
  get words(): string {
    return `The cost limit of ${dollars(this.meter.limitUsd ?? 0)} is reached.`;
  }

  close(): void {
    this.#undoRest?.();
    this.#undoRest = undefined;
  }

  /** A pause needs no notice: the assistant's state says it for as long as it lasts. */
  #limited(limited: EventData<'cost:limited'>): void {
    const { fact, notice, near, wake, policy } = this.#options;
    policy.paused = this.meter.paused;
    fact(limited);
    const { state, spentUsd, limitUsd } = limited;
    if (state === 'warned') {
      const of = limitUsd === null ? '' : ` of ${dollars(limitUsd)}`;
      notice('warning', `This session has cost ${dollars(spentUsd)}${of}.`);
      near();
    } else if (state === 'paused') {
      this.#restLater();
    } else {
      this.close();
      wake();
    }
  }

  /** Writing down what is said costs too. */
  #restLater(): void {
    this.#undoRest ??= this.#options.clock.after(PAUSED_LINK_MS, () => this.#options.rest());
  }

  /** Somebody counts on a limit that cannot be kept. */
  #checkPriced(): void {
    if (this.meter.limitUsd === null || this.meter.priced) return;
    const words = `The price of the model ${this.#options.model} is not known: the cost limit has no effect.`;
    this.#options.notice('warning', words);
  }
}
