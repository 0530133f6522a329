import type { JobKind } from '@parley/contract';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 1_800];

export interface MetricSources {
  /** Jobs that this process runs. */
  running: () => number;
  counts: () => Promise<{ queue: string; state: string; count: number }[]>;
}

/** What this process counts, and how full the queues are that all processes share. */
export function createMetrics({ running, counts }: MetricSources) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'parley_tools_' });
  const registers = [registry];
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    collect: (set: (labels: Partial<Record<Label, string>>, value: number) => void) => void | Promise<void>,
  ) =>
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames,
        registers: [],
        async collect() {
          await collect((labels, value) => this.set(labels, value));
        },
      }),
    );
  const durations = new Histogram({
    name: 'parley_tools_job_seconds',
    help: 'Jobs that left this process: at their end, to another one (put-back), or lost',
    labelNames: ['kind', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  gauge('parley_tools_jobs_running', 'Jobs that this process runs', [], (set) => set({}, running()));
  gauge(
    'parley_queue_entries',
    'Entries of the queues by state; failed ones wait for a person',
    ['queue', 'state'],
    async (set) => {
      for (const { queue, state, count } of await counts()) set({ queue, state }, count);
    },
  );
  return {
    registry,
    measure: (kind: JobKind, outcome: string, ms: number) => durations.observe({ kind, outcome }, ms / 1_000),
  };
}
