import type { Stack } from '../../support/stack/startStack.ts';
import { scrape } from './metrics.ts';
import type { Usage } from './processes.ts';
import type { Process, Report } from './report.ts';

/** What each process has used so far. */
export type Used = Record<Process, Usage>;

/** ms of CPU, by process, between two looks, for each of `count`. */
function msBetween(before: Used, after: Used, count: number): Record<Process, number> {
  return Object.fromEntries(
    (Object.keys(after) as Process[]).map((name) => [
      name,
      ((after[name].cpu - before[name].cpu) * 1000) / Math.max(1, count),
    ]),
  ) as Record<Process, number>;
}

export const perJoin = msBetween;

/** What rooms cost while they were measured; `empty` is the product without any. */
export async function costsOf(
  stack: Stack,
  used: { empty: Used; before: Used; after: Used; seconds: number; rooms: number },
): Promise<Pick<Report, 'cpu' | 'roomsPerCore' | 'rssPerRoom' | 'tick'>> {
  const { empty, before, after, seconds, rooms } = used;
  if (rooms === 0) return {};
  const cpu = msBetween(before, after, seconds * rooms);
  const metrics = await scrape(stack.mixerMetricsUrls[0] ?? '');
  return {
    cpu,
    roomsPerCore: 1000 / (cpu.mixer + cpu.worker),
    rssPerRoom: (after.mixer.rss - empty.mixer.rss) / 2 ** 20 / rooms,
    tick: {
      p50: metrics.get('parley_mixer_tick_lateness_ms{quantile="0.5"}') ?? 0,
      p99: metrics.get('parley_mixer_tick_lateness_ms{quantile="0.99"}') ?? 0,
      skipped: metrics.get('parley_mixer_ticks_skipped_total') ?? 0,
    },
  };
}
