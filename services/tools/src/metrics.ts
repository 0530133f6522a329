import { JOB_KINDS, type JobKind } from '@parley/contract';
import { complaints } from '@parley/kit/log';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const REQUEST_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 1_800];

export interface MetricSources {
  /** Jobs that this process runs. */
  running: () => number;
}

/** What this process counts. How full the queues are, which all share, the hub tells. */
export function createMetrics({ running }: MetricSources) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'parley_tools_' });
  const registers = [registry];
  const durations = new Histogram({
    name: 'parley_tools_job_seconds',
    help: 'Jobs that left this process: at their end, to another one (put-back), or lost',
    labelNames: ['kind', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const waits = new Histogram({
    name: 'parley_tools_job_wait_seconds',
    help: 'From the entry of a job into its queue until somebody takes it',
    labelNames: ['kind'],
    buckets: [0.01, 0.05, ...SECONDS],
    registers,
  });
  const requests = new Histogram({
    name: 'parley_tools_request_seconds',
    help: 'Requests of mixers and hubs, since somebody took them',
    labelNames: ['type', 'outcome'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  registry.registerMetric(
    new Counter({
      name: 'parley_tools_log_lines_total',
      help: 'Lines of the log that somebody should read',
      labelNames: ['level'],
      registers: [],
      collect() {
        this.reset();
        for (const [level, count] of Object.entries(complaints)) this.inc({ level }, count);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'parley_tools_jobs_running',
      help: 'Jobs that this process runs',
      registers: [],
      collect() {
        this.set(running());
      },
    }),
  );
  // Counted from the first one on: a rate knows nothing of what came before a series was first read.
  for (const kind of JOB_KINDS) {
    waits.zero({ kind });
    durations.zero({ kind, outcome: 'ended' });
  }
  for (const type of ['call', 'act', 'expire', 'session-ended']) requests.zero({ type, outcome: 'ok' });
  return {
    registry,
    measure: (kind: JobKind, outcome: string, ms: number) => durations.observe({ kind, outcome }, ms / 1_000),
    waited: (kind: JobKind, ms: number) => waits.observe({ kind }, ms / 1_000),
    requested: (type: string, outcome: string, ms: number) => requests.observe({ type, outcome }, ms / 1_000),
  };
}
