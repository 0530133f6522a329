import type { Report } from './report.ts';
import { soakRows } from './soak/Soak.ts';

type Rows = [name: string, value: string][];

const SHOWN_ERRORS = 10;
/** What the product is measured by; printed beside what was. */
const TARGET_MS = { micToProvider: 'p50 30, p95 60', providerToEar: 'p50 10' } as const;

const LIMITED = ' (A hub that is to be loaded needs RATE_LIMIT_PER_MINUTE=0.)';

/** A table for people. */
export function table(report: Report): string {
  const rows = [
    ...whatRan(report),
    ...whatWasHeard(report),
    ...delays(report),
    ...costs(report),
    ...troubles(report),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...report.errors.slice(0, SHOWN_ERRORS).map((error) => `! ${error}`),
  ].join('\n');
}

function whatRan({ machine, options, rooms, participants, joinMs, joinCpu }: Report): Rows {
  const { cpu, cores, loadBefore, load } = machine;
  return [
    [
      'machine',
      `${cpu}, ${cores} cores, load average ${fixed(loadBefore)} before, ${fixed(load)} at the end`,
    ],
    [
      'rooms',
      `${rooms} of ${options.rooms} × ${options.participants}, ${participants} participants, ` +
        `${options.talkers} talk, by ${options.join === 'rtp' ? 'plain RTP' : 'WebRTC'}`,
    ],
    [
      options.storm ? 'join, in a storm' : 'join',
      `p50 ${fixed(joinMs.p50, 0)} ms, p95 ${fixed(joinMs.p95, 0)} ms, slowest ${fixed(joinMs.max, 0)} ms`,
    ],
    ...(joinCpu
      ? ([
          [
            'CPU of a join',
            `mixer ${fixed(joinCpu.mixer)} ms, worker ${fixed(joinCpu.worker)} ms, hub ${fixed(joinCpu.hub)} ms`,
          ],
        ] as Rows)
      : []),
  ];
}

function whatWasHeard({ heard, tick }: Report): Rows {
  return [
    ['heard', `${heard.packets} packets, ${heard.lost} lost, ${heard.gaps} gaps`],
    ['heard, packets/s', `median ${fixed(heard.p50, 2)}, slowest ${fixed(heard.slowest, 2)}`],
    ...(tick
      ? ([
          ['frames late', `p50 ${fixed(tick.p50)} ms, p99 ${fixed(tick.p99)} ms, ${tick.skipped} given up`],
        ] as Rows)
      : []),
  ];
}

function delays({ delays: measured }: Report): Rows {
  const names: [keyof Report['delays'], string][] = [
    ['micToProvider', 'mic → provider'],
    ['micToEar', 'mic → ear'],
    ['providerToEar', 'provider → ear'],
    ['replyStart', 'reply start'],
  ];
  return names.map(([key, name]) => {
    const { p50, p95, count } = measured[key];
    const target = key in TARGET_MS ? `, wanted ${TARGET_MS[key as keyof typeof TARGET_MS]}` : '';
    return [name, `p50 ${fixed(p50, 0)} ms, p95 ${fixed(p95, 0)} ms (${count}${target})`];
  });
}

function costs({ cpu, roomsPerCore, rssPerRoom, speaking }: Report): Rows {
  if (!cpu) return [];
  return [
    ...Object.entries(cpu).map(([name, used]): [string, string] => [
      `CPU ${name}`,
      `${fixed(used, 2)} ms per room and second`,
    ]),
    ['mixer + worker', `${fixed(cpu.mixer + cpu.worker, 2)} ms per room and second`],
    ['rooms per core', fixed(roomsPerCore, 0)],
    ['memory', `${fixed(rssPerRoom, 2)} MiB per room in the mixer`],
    ['assistant speaks', `${fixed((speaking ?? 0) * 100, 0)} % of the time`],
  ];
}

function troubles({ botsLateP99, errors, complaints, refused, soak }: Report): Rows {
  return [
    ...(soak ? soakRows(soak) : []),
    ['bots late', `p99 ${fixed(botsLateP99)} ms`],
    ['errors', `${errors.length}, ${complaints} warnings in the logs`],
    ...Object.entries(refused).map(([why, count]): [string, string] => [
      'refused',
      `${count} × ${why}${why.includes(' rate-limited: ') ? LIMITED : ''}`,
    ]),
  ];
}

const fixed = (value: number | undefined, digits = 1): string =>
  value === undefined ? '–' : value.toFixed(digits);
