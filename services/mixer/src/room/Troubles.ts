import type { EventData } from '@parley/contract';
import type { Clock } from './ports.ts';

type Trouble = EventData<'error:raised'>;

/** The same trouble is told once in this time. */
const QUIET_MS = 10_000;
/** Different troubles told in this time, at most; a provider gone mad must not flood the room and its record. */
const MAX_TOLD = 10;

/** Lets each trouble through once in a while and counts the rest. */
export class Troubles {
  readonly #clock: Clock;
  readonly #tell: (trouble: Trouble) => void;
  readonly #told = new Map<string, { atMs: number; unsaid: number }>();

  constructor(clock: Clock, tell: (trouble: Trouble) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  raise(trouble: Trouble): void {
    const key = `${trouble.source}:${trouble.code}`;
    const nowMs = this.#clock.now();
    const before = this.#told.get(key);
    if (before && nowMs - before.atMs < QUIET_MS) {
      before.unsaid += 1;
      return;
    }
    for (const [other, { atMs }] of this.#told)
      if (nowMs - atMs >= QUIET_MS && other !== key) this.#told.delete(other);
    if (!before && this.#told.size >= MAX_TOLD) return;
    this.#told.set(key, { atMs: nowMs, unsaid: 0 });
    const more = before?.unsaid ? ` (and ${before.unsaid} more times)` : '';
    this.#tell({ ...trouble, message: `${trouble.message}${more}` });
  }
}
