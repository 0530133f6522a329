import type { EventData, Speaker } from '@parley/contract';
import { Causes } from './Causes.ts';
import type { CostMeter } from './CostMeter.ts';
import type { Aside, LinkUsage } from './ports.ts';

/** Puts on record what each response cost, and who brought it about. */
export class Ledger {
  readonly causes = new Causes();
  readonly #meter: CostMeter;
  readonly #model: string;
  readonly #record: (usage: EventData<'usage:recorded'>) => void;

  constructor(meter: CostMeter, model: string, record: (usage: EventData<'usage:recorded'>) => void) {
    this.#meter = meter;
    this.#model = model;
    this.#record = record;
  }

  /** An answer to what people said. */
  answered(responseId: string, usage: LinkUsage | undefined): void {
    this.#put(responseId, usage, this.causes.last);
  }

  /** The room's own doing, nobody's in particular. */
  wrote({ responseId, usage }: Aside): void {
    this.#put(responseId, usage, []);
  }

  #put(responseId: string, told: LinkUsage | undefined, causedBy: Speaker[]): void {
    if (!told) return;
    const costUsd = this.#meter.record(told, causedBy);
    const { cachedAudioTokens: _, ...usage } = told;
    this.#record({ responseId, model: this.#model, usage, costUsd, causedBy });
  }
}
