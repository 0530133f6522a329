import { complaints } from '@parley/kit/log';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Backlog } from './events/Backlog.ts';
import type { Measures } from './session/ports.ts';

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Postgres may be away for long. */
const AGES = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];

export interface Metrics {
  measures: Measures;
  http: (route: string, status: number, ms: number) => void;
  /** What Prometheus reads, and its content type. */
  scrape: () => Promise<{ text: string; type: string }>;
}

/** What this hub counts. */
export function createMetrics(
  backlog: Pick<Backlog, 'look' | 'waiting' | 'dead' | 'alarm' | 'oldestMs'>,
  queueCounts: () => Promise<{ queue: string; state: string; count: number }[]>,
  /** Facts of this hub that wait for Redis. */
  outbox: () => number,
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const timed = (name: string, help: string, labelNames: string[], buckets = SECONDS) =>
    new Histogram({ name, help, labelNames, buckets, registers });
  const counted = (name: string, help: string) => new Counter({ name, help, registers });

  const requests = timed('parley_http_request_seconds', 'HTTP requests', ['route', 'status']);
  const commands = timed('parley_socket_command_seconds', 'Commands over sockets', ['command', 'outcome']);
  const asked = timed('parley_mixer_command_seconds', 'Commands to mixers', ['command', 'outcome']);
  const batches = timed('parley_event_batch_seconds', 'Transactions of the event writer', []);
  const ages = timed('parley_event_age_seconds', 'From an event to its commit in Postgres', [], AGES);
  const written = counted('parley_events_written_total', 'Events that reached Postgres');
  const dead = counted('parley_events_dead_total', 'Events set aside because they can not be stored');
  const failed = counted('parley_event_writer_failures_total', 'Failed attempts to write events');
  const sockets = new Gauge({ name: 'parley_sockets', help: 'Connected sockets', registers });
  const shown = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  shown('parley_events_waiting', 'Events that wait for Postgres', () => backlog.waiting);
  shown(
    'parley_events_oldest_seconds',
    'For how long the oldest event has waited for Postgres',
    () => backlog.oldestMs(Date.now()) / 1_000,
  );
  shown('parley_event_outbox', 'Events of this hub that wait for Redis', outbox);
  shown('parley_events_alarm', '1 while too many events wait for Postgres', () => Number(backlog.alarm));
  shown(
    'parley_events_set_aside',
    'Events that could not be stored and wait for a person',
    () => backlog.dead,
  );

  registry.registerMetric(
    new Counter({
      name: 'parley_log_lines_total',
      help: 'Lines of the log that somebody should read',
      labelNames: ['level'],
      registers: [],
      collect() {
        this.reset();
        for (const [level, count] of Object.entries(complaints)) this.inc({ level }, count);
      },
    }),
  );
  const queues = new Gauge({
    name: 'parley_queue_entries',
    help: 'Entries of the queues of the tools',
    labelNames: ['queue', 'state'],
    registers,
  });

  return {
    measures: {
      command: (command, outcome, ms) => commands.observe({ command, outcome }, ms / 1_000),
      mixerCommand: (command, outcome, ms) => asked.observe({ command, outcome }, ms / 1_000),
      eventsWritten: (count, ms, agesMs) => {
        written.inc(count);
        batches.observe(ms / 1_000);
        for (const age of agesMs) ages.observe(age / 1_000);
      },
      eventsDead: (count) => dead.inc(count),
      writerFailed: () => failed.inc(),
      sockets: (change) => sockets.inc(change),
    },
    http: (route, status, ms) => requests.observe({ route, status }, ms / 1_000),
    scrape: async () => {
      await backlog.look().catch(() => undefined);
      const counts = await queueCounts().catch(() => []);
      for (const { queue, state, count } of counts) queues.set({ queue, state }, count);
      return { text: await registry.metrics(), type: registry.contentType };
    },
  };
}
