import { availableParallelism, cpus, loadavg } from 'node:os';
import { z } from 'zod';
import { LoadOptions } from './options.ts';
import { quantile } from './quantile.ts';
import { SoakReport } from './soak/Soak.ts';

const Quantiles = z.strictObject({
  p50: z.number().optional(),
  p95: z.number().optional(),
  count: z.number(),
});
const PROCESSES = ['mixer', 'worker', 'hub', 'simulator', 'bots'] as const;
export type Process = (typeof PROCESSES)[number];
const PerProcess = z.record(z.enum(PROCESSES), z.number());

/** What `--json` prints. A field that is not there could not be measured: at somebody else's hub no process can be seen. */
export const Report = z.strictObject({
  options: LoadOptions,
  machine: z.strictObject({
    cpu: z.string(),
    cores: z.number(),
    /** Load average of the last minute: before anything was started, and at the end. */
    loadBefore: z.number(),
    load: z.number(),
  }),
  rooms: z.number(),
  /** In rooms at the end of the ramp. */
  participants: z.number(),
  /** The hub's words → how often: for rooms, in a storm for participants. */
  refused: z.record(z.string(), z.number()),
  joinMs: Quantiles.extend({ max: z.number().optional() }),
  /** ms of CPU for each join, while rooms were filled. */
  joinCpu: PerProcess.optional(),
  heard: z.strictObject({
    packets: z.number(),
    lost: z.number(),
    /** More than 60 ms between two packets of a stretch of sound. */
    gaps: z.number(),
    /** Packets a second of one stream while something was to be heard: the slowest, the median of all. */
    slowest: z.number().optional(),
    p50: z.number().optional(),
  }),
  /** ms of CPU for each room and second. */
  cpu: PerProcess.optional(),
  /** By mixer and media worker together. */
  roomsPerCore: z.number().optional(),
  /** MiB of the mixer process for each room, beyond what it has without any. */
  rssPerRoom: z.number().optional(),
  /** ms; frames that were given up since the start. */
  tick: z.strictObject({ p50: z.number(), p99: z.number(), skipped: z.number() }).optional(),
  /** Part of the time in which an assistant spoke. */
  speaking: z.number().optional(),
  delays: z.strictObject({
    micToProvider: Quantiles,
    micToEar: Quantiles,
    providerToEar: Quantiles,
    replyStart: Quantiles,
  }),
  /** How late the bots themselves were, ms. */
  botsLateP99: z.number().optional(),
  /** Lines at level warn or worse in the logs of the services. */
  complaints: z.number(),
  soak: SoakReport.optional(),
  errors: z.array(z.string()),
});
export type Report = z.output<typeof Report>;

export const loadAverage = (): number => loadavg()[0] ?? 0;

export function machine(loadBefore: number): Report['machine'] {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    loadBefore,
    load: loadAverage(),
  };
}

export function summary(values: readonly number[]): z.output<typeof Quantiles> {
  const [p50, p95] = [quantile(values, 0.5), quantile(values, 0.95)];
  return { ...(p50 !== undefined && { p50 }), ...(p95 !== undefined && { p95 }), count: values.length };
}
