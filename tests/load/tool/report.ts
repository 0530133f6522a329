import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Delays } from './latency.ts';
import type { Process } from './Machine.ts';
import type { LoadOptions } from './options.ts';
import { quantile } from './quantile.ts';

export interface Report {
  options: LoadOptions;
  machine: { cpu: string; cores: number; load: number };
  rooms: number;
  refused: Record<string, number>;
  joinMs: { p50?: number | undefined; p95?: number | undefined };
  heard: {
    packets: number;
    lost: number;
    gaps: number;
    slowest?: number | undefined;
    p50?: number | undefined;
  };
  /** ms of CPU for each room and second. */
  cpu?: Record<Process, number> | undefined;
  /** By mixer and media worker together. */
  roomsPerCore?: number | undefined;
  /** MiB of the mixer process for each room, beyond what it has without any. */
  rssPerRoom?: number | undefined;
  tick?: { p50: number; p99: number; skipped: number } | undefined;
  /** Part of the time in which an assistant spoke. */
  speaking?: number | undefined;
  delays: Record<keyof Delays, { p50?: number | undefined; p95?: number | undefined; count: number }>;
  /** How late the bots themselves were, ms. */
  botsLateP99?: number | undefined;
  complaints: number;
  errors: string[];
}

export function machine(): Report['machine'] {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), load: loadavg()[0] ?? 0 };
}

export function summary(values: readonly number[]) {
  return { p50: quantile(values, 0.5), p95: quantile(values, 0.95), count: values.length };
}

const ms = (value: number | undefined, digits = 1) => (value === undefined ? '–' : value.toFixed(digits));

/** A table for people. */
export function table(report: Report): string {
  const { options, cpu, tick, heard, delays, joinMs } = report;
  const rows: [string, string][] = [
    [
      'machine',
      `${report.machine.cpu}, ${report.machine.cores} cores, load average ${ms(report.machine.load)}`,
    ],
    [
      'rooms',
      `${report.rooms} of ${options.rooms} × ${options.participants}, ${options.talkers} talk, by ${options.join}`,
    ],
    ['join', `p50 ${ms(joinMs.p50)} ms, p95 ${ms(joinMs.p95)} ms`],
    ['heard', `${heard.packets} packets, ${heard.lost} lost, ${heard.gaps} gaps`],
    ['heard, packets/s', `median ${ms(heard.p50, 2)}, slowest ${ms(heard.slowest, 2)}`],
  ];
  if (tick)
    rows.push(['tick late', `p50 ${ms(tick.p50)} ms, p99 ${ms(tick.p99)} ms, ${tick.skipped} skipped`]);
  const names: Record<keyof Delays, string> = {
    micToProvider: 'mic → provider',
    micToEar: 'mic → ear',
    providerToEar: 'provider → ear',
    replyStart: 'reply start',
  };
  for (const [key, name] of Object.entries(names) as [keyof Delays, string][]) {
    const { p50, p95, count } = delays[key];
    rows.push([name, `p50 ${ms(p50, 0)} ms, p95 ${ms(p95, 0)} ms (${count})`]);
  }
  if (cpu) {
    for (const [name, used] of Object.entries(cpu))
      rows.push([`CPU ${name}`, `${ms(used, 2)} ms per room and second`]);
    rows.push(['mixer + worker', `${ms(cpu.mixer + cpu.worker, 2)} ms per room and second`]);
    rows.push(['rooms per core', ms(report.roomsPerCore, 0)]);
    rows.push(['memory', `${ms(report.rssPerRoom, 2)} MiB per room in the mixer`]);
    rows.push(['assistant speaks', `${ms((report.speaking ?? 0) * 100, 0)} % of the time`]);
  }
  rows.push(['bots late', `p99 ${ms(report.botsLateP99)} ms`]);
  rows.push(['errors', `${report.errors.length}, ${report.complaints} warnings in the logs`]);
  for (const [why, count] of Object.entries(report.refused)) rows.push([`refused: ${why}`, String(count)]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...report.errors.slice(0, 10),
  ].join('\n');
}
