import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '../../support/stack/startStack.ts';
import { scrape } from './metrics.ts';
import type { LoadOptions } from './options.ts';
import type { Progress } from './Progress.ts';
import type { Soak } from './soak/Soak.ts';

const SPEAKING = 'parley_mixer_assistants{phase="speaking"}';

export interface Watched {
  options: Pick<LoadOptions, 'seconds'>;
  signal: AbortSignal;
  progress: Progress;
  stack: Stack | undefined;
  rooms: number;
  soak: Soak | undefined;
}

/** Lets time pass. Returns the part of it in which assistants spoke, if that can be seen. */
export async function watch({
  options: { seconds },
  signal,
  progress,
  stack,
  rooms,
  soak,
}: Watched): Promise<number | undefined> {
  const shares: number[] = [];
  const [beganMs, lengthMs] = [performance.now(), seconds * 1000];
  for (let spentMs = 0; spentMs < lengthMs && !signal.aborted; spentMs = performance.now() - beganMs) {
    await delay(Math.min(1_000, lengthMs - spentMs), undefined, { signal }).catch(() => undefined);
    const url = stack?.mixerMetricsUrls[0];
    const metrics = url ? await scrape(url).catch(() => undefined) : undefined;
    if (metrics) shares.push((metrics.get(SPEAKING) ?? 0) / Math.max(1, rooms));
    progress.step(`${Math.round((performance.now() - beganMs) / 1000)} of ${seconds} s, ${rooms} rooms`);
    await soak?.look();
  }
  return shares.length > 0 ? shares.reduce((sum, share) => sum + share, 0) / shares.length : undefined;
}
