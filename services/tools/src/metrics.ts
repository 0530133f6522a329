import type { JobKind } from '@parley/contract';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

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
  return {
    registry,
    measure: (kind: JobKind, outcome: string, ms: number) => durations.observe({ kind, outcome }, ms / 1_000),
  };
}
