import { MAX_RESULT_EXCERPT, MAX_STEP_TEXT, MAX_STEPS, type JobStep } from '@parley/contract';
import { cut } from '../desk/events.ts';

export interface ToldStep {
  index: number;
  step: JobStep;
  costUsd: number | null;
}

export interface StepsOptions {
  /** Tells the room. Never rejects. */
  tell: (told: ToldStep) => Promise<void>;
  /** The least time between two, ms. */
  everyMs?: number;
  /** The first index is one more than this. */
  told?: number;
}

/** Steps that may wait to be told; then the oldest notes are given up. */
const MAX_WAITING = 50;
const MERGED: readonly JobStep['kind'][] = ['note', 'message'];

/**
 * What a job does, told one after the other and not too often: words of one agent that follow each other become one
 * step, and after so many steps the rest is counted only (T9).
 */
export class Steps {
  readonly #options: Required<StepsOptions>;
  readonly #waiting: JobStep[] = [];
  #costUsd: number | null = null;
  #index: number;
  #uncounted = 0;
  #pump: Promise<void> | undefined;

  constructor(options: StepsOptions) {
    this.#options = { everyMs: 100, told: 0, ...options };
    this.#index = this.#options.told;
  }

  get costUsd(): number | null {
    return this.#costUsd;
  }

  /** Steps that nobody was told of. */
  get uncounted(): number {
    return this.#uncounted;
  }

  spent(costUsd: number): void {
    if (Number.isFinite(costUsd) && costUsd >= 0) this.#costUsd = Math.max(this.#costUsd ?? 0, costUsd);
  }

  add(step: Partial<JobStep> & Pick<JobStep, 'kind' | 'text'>): void {
    const { kind, agent = null, detail = null } = step;
    const next: JobStep = {
      kind,
      agent: agent === null ? null : cut(agent, 80),
      text: cut(step.text, MAX_STEP_TEXT),
      detail: detail === null ? null : cut(detail, MAX_RESULT_EXCERPT),
    };
    const last = this.#waiting.at(-1);
    const merged = last && merge(last, next);
    if (merged) this.#waiting[this.#waiting.length - 1] = merged;
    else this.#waiting.push(next);
    if (this.#waiting.length > MAX_WAITING) this.#giveUpOne();
    this.#pump ??= this.#run().finally(() => (this.#pump = undefined));
  }

  /** Resolves when all that was added has been told, without waiting in between. */
  async flush(): Promise<void> {
    this.#hurry.resolve();
    while (this.#pump) await this.#pump;
    this.#hurry = Promise.withResolvers();
  }
  #hurry = Promise.withResolvers<void>();

  async #run(): Promise<void> {
    const { tell, everyMs } = this.#options;
    for (let step = this.#waiting.shift(); step; step = this.#waiting.shift()) {
      if (this.#index >= MAX_STEPS) {
        this.#uncounted += 1;
        continue;
      }
      this.#index += 1;
      await tell({ index: this.#index, step, costUsd: this.#costUsd });
      await this.#pause(everyMs);
    }
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#hurry.promise]);
    clearTimeout(timer);
  }

  #giveUpOne(): void {
    const note = this.#waiting.findIndex(({ kind }) => MERGED.includes(kind));
    this.#waiting.splice(Math.max(note, 0), 1);
    this.#uncounted += 1;
  }
}

/** Two steps as one, where they are words of the same agent and fit. */
function merge(a: JobStep, b: JobStep): JobStep | undefined {
  if (a.kind !== b.kind || a.agent !== b.agent || !MERGED.includes(a.kind)) return undefined;
  if (a.detail !== null || b.detail !== null) return undefined;
  const text = `${a.text}\n${b.text}`;
  return text.length > MAX_STEP_TEXT ? undefined : { ...a, text };
}
