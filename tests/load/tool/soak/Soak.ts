import { z } from 'zod';
import type { Stack } from '../../../support/stack/startStack.ts';
import { usageOfAll } from '../Machine.ts';
import { scrape } from '../metrics.ts';
import { countFamilies } from './redisFamilies.ts';
import { grows, slopeOf } from './slope.ts';

const SAMPLE_MS = 10_000;
const TELL_MS = 30_000;
const MIB = 2 ** 20;
/** Less than this in an hour, MiB or pieces, is no leak that anybody would find. */
const WORTH_PER_HOUR = 6;
/** Families of Redis keys that go by themselves, and all keys of the others together. */
const EXPIRING = 'redis, expiring:';
const LASTING = 'redis keys that last';
const RESOURCES = 'parley_mixer_nodejs_active_resources{type="';

export const SoakReport = z.strictObject({
  seconds: z.number(),
  /** By what was looked at, such as `mixer MiB`, `mixer Timeout`, `redis parley:mixers`. */
  series: z.record(
    z.string(),
    z.strictObject({
      first: z.number(),
      last: z.number(),
      /** Of the fitted line and its standard error; none of too few looks. */
      perHour: z.number().optional(),
      error: z.number().optional(),
      /** By more than three standard errors. */
      grows: z.boolean(),
    }),
  ),
});
export type SoakReport = z.output<typeof SoakReport>;

/** Looks every 10 s at what may leak, and tells it every 30 s. The processes are somebody else's. */
export class Soak {
  readonly #stack: Stack;
  readonly #say: (line: string) => void;
  readonly #series = new Map<string, { atMs: number; value: number }[]>();
  readonly #beganMs = performance.now();
  #sampledMs = -Infinity;
  #toldMs = -Infinity;

  constructor(stack: Stack, say: (line: string) => void) {
    this.#stack = stack;
    this.#say = say;
  }

  /** As often as one likes. */
  async look(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#sampledMs < SAMPLE_MS) return;
    this.#sampledMs = nowMs;
    const { mixerMetricsUrls, stores } = this.#stack;
    const [used, metrics, keys] = await Promise.all([
      usageOfAll(this.#stack),
      scrape(mixerMetricsUrls[0] ?? ''),
      countFamilies(stores.redisUrl),
    ]);
    for (const [name, { rss, handles }] of Object.entries(used)) {
      this.#take(`${name} MiB`, nowMs, rss / MIB);
      this.#take(`${name} files`, nowMs, handles);
    }
    for (const [name, value] of metrics)
      if (name.startsWith(RESOURCES)) this.#take(`mixer ${name.slice(RESOURCES.length, -2)}`, nowMs, value);
    let lasting = 0;
    for (const [family, { count, expires }] of keys) {
      this.#take(`${expires ? EXPIRING : 'redis'} ${family}`, nowMs, count);
      if (!expires) lasting += count;
    }
    this.#take(LASTING, nowMs, lasting);
    if (nowMs - this.#toldMs < TELL_MS) return;
    this.#toldMs = nowMs;
    this.#tell(nowMs);
  }

  get report(): SoakReport {
    const series = [...this.#series].map(([name, samples]) => {
      // The first third warms up: compilers, pools, caches.
      const slope = slopeOf(samples.slice(Math.ceil(samples.length / 3)));
      const [first, last] = [samples[0]?.value ?? 0, samples.at(-1)?.value ?? 0];
      return [
        name,
        {
          first,
          last,
          ...slope,
          grows: slope !== undefined && !name.startsWith(EXPIRING) && grows(slope, WORTH_PER_HOUR),
        },
      ] as const;
    });
    return { seconds: (performance.now() - this.#beganMs) / 1000, series: Object.fromEntries(series) };
  }

  #take(name: string, atMs: number, value: number): void {
    const samples = this.#series.get(name) ?? [];
    this.#series.set(name, samples);
    samples.push({ atMs, value });
  }

  #tell(nowMs: number): void {
    const last = (name: string) => Math.round(this.#series.get(name)?.at(-1)?.value ?? 0);
    const seconds = Math.round((nowMs - this.#beganMs) / 1000);
    const processes = ['mixer', 'worker', 'hub', 'simulator', 'bots'];
    const sizes = processes.map((name) => `${name} ${last(`${name} MiB`)}`).join(', ');
    this.#say(
      `${String(seconds).padStart(5)} s  MiB: ${sizes} · mixer: ${last('mixer files')} files, ` +
        `${last('mixer Timeout')} timers, ${last('mixer UDPWrap')} UDP sockets · ${last(LASTING)} lasting Redis keys`,
    );
  }
}

/** For a table: what grows, or that nothing does, and the memory of the product in any case. */
export function soakRows({ seconds, series }: SoakReport): [string, string][] {
  const words = Object.entries(series).filter(
    ([name, { grows: growing }]) =>
      growing || /^(mixer|worker|hub) MiB$|^redis keys|^mixer Timeout$/.test(name),
  );
  return [
    ['soak', `${Math.round(seconds)} s, lines fitted to the last two thirds`],
    ...words.map(([name, { first, last, perHour, error, grows: growing }]): [string, string] => {
      const slope =
        perHour === undefined ? 'too short to tell' : `${perHour.toFixed(1)} ± ${error?.toFixed(1)} an hour`;
      return [`  ${name}`, `${first.toFixed(0)} → ${last.toFixed(0)}, ${slope}${growing ? ', GROWS' : ''}`];
    }),
  ];
}
