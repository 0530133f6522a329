import { setTimeout as delay } from 'node:timers/promises';

export interface HttpWait {
  url: string;
  withinMs: number;
  signal: AbortSignal;
}

const PAUSE_MS = 100;
const ANSWER_MS = 5_000;

/** Asks until the answer is a success. Rejects after `withinMs` with what the last answer was. */
export async function waitForHttp({ url, withinMs, signal }: HttpWait): Promise<void> {
  const late = AbortSignal.timeout(withinMs);
  let last = 'no answer';
  while (!late.aborted) {
    signal.throwIfAborted();
    try {
      const answer = await fetch(url, {
        redirect: 'manual',
        signal: AbortSignal.any([signal, late, AbortSignal.timeout(ANSWER_MS)]),
      });
      const body = await answer.text();
      if (answer.status < 400) return;
      last = `${answer.status} ${body.slice(0, 200)}`.trim();
    } catch {
      // Not there yet, or too slow: the same here.
    }
    await delay(PAUSE_MS, undefined, { signal });
  }
  throw new Error(`not ready after ${withinMs / 1000} s (${url}: ${last})`);
}
