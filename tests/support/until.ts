import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  /** Default a minute: to wait longer costs nothing when it comes, and a busy machine is no failure. */
  withinMs?: number;
  everyMs?: number;
}

/**
 * Asks `probe` again and again until it gives something that is neither undefined, null nor false, and returns that.
 * Errors of the probe count as "not yet". Throws after `withinMs` with what was waited for and the last answer.
 */
export async function until<Found>(
  what: string,
  probe: () => Found | undefined | null | false | Promise<Found | undefined | null | false>,
  { withinMs = 60_000, everyMs = 50 }: UntilOptions = {},
): Promise<Found> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    let last: unknown;
    try {
      const found = await probe();
      if (found !== undefined && found !== null && found !== false) return found;
      last = found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(
        `Waited ${withinMs / 1000} s for ${what}; last: ${last instanceof Error ? last.message : String(last)}`,
        { cause: last },
      );
    await delay(everyMs);
  }
}

/** Asserts that `probe` stays false all the while: for what must not happen. */
export async function never(
  what: string,
  probe: () => boolean | Promise<boolean>,
  forMs: number,
): Promise<void> {
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    if (await probe()) throw new Error(`It happened: ${what}`);
    await delay(25);
  }
}
