import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubConfig } from '@parley/hub/config';
import { createMetrics as hubMetrics } from '@parley/hub/metrics';
import { exampleKeys } from '@parley/launcher/start/envFile';
import { ConfigSchema as MixerConfig } from '@parley/mixer/config';
import { createMetrics as mixerMetrics } from '@parley/mixer/control/metrics';
import { providerTimes } from '@parley/mixer/control/providerTimes';
import { noAudio } from '@parley/mixer/room/AudioTotals';
import { Spending } from '@parley/mixer/room/CostMeter';
import { ToolsConfig } from '@parley/tools/config';
import { createMetrics as toolsMetrics } from '@parley/tools/metrics';
import { Registry } from 'prom-client';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { composeVariables } from './support/composeVariables.ts';
import { metricsIn } from './support/promql.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFile(join(ROOT, path), 'utf8');

const Dashboard = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      type: z.enum(['row', 'timeseries']),
      description: z.string().optional(),
      datasource: z.object({ uid: z.string() }).optional(),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
    }),
  ),
});
const Compose = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
});
type Compose = z.output<typeof Compose>;
const Scraped = z.object({
  scrape_configs: z.array(
    z.looseObject({
      job_name: z.string(),
      dns_sd_configs: z.array(z.looseObject({ names: z.array(z.string()), port: z.number() })),
    }),
  ),
});
const SCHEMAS = { hub: HubConfig, mixer: MixerConfig, tools: ToolsConfig } as const;

let dashboard: z.output<typeof Dashboard>;
let observed: Compose;
let text: string;
let compose: Compose;
beforeAll(async () => {
  dashboard = Dashboard.parse(JSON.parse(await read('docker/grafana/parley.json')));
  text = await read('compose.observe.yml');
  observed = Compose.parse(parse(text, { merge: true }));
  compose = Compose.parse(parse(await read('docker-compose.yml'), { merge: true }));
});

/** Every name under which the services tell something. */
async function told(): Promise<Set<string>> {
  const mixer = new Registry();
  providerTimes(mixer);
  mixerMetrics(mixer, {
    rooms: {
      size: 0,
      participants: 0,
      audioCounts: noAudio,
      [Symbol.iterator]: () => [][Symbol.iterator](),
    },
    maxRooms: 1,
    capacity: { busy: false },
    spending: new Spending(),
    frameClock: {
      stats: { ticks: 0, skipped: 0, latenessP50Ms: 0, latenessP99Ms: 0 },
      lateness: () => ({ count: 0, sumMs: 0, within: [] }),
    },
    rtp: {},
    pacing: { waiting: 0, refused: 0 },
    commands: { answered: 0, refused: 0, repeated: 0, late: 0, malformed: 0 },
    eventLog: { depth: 0 },
    mediaReady: () => true,
    mediaCpuSeconds: async () => 0,
  });
  const backlog = { look: async () => undefined, waiting: 0, dead: 0, alarm: false, oldestMs: () => 0 };
  const hub = hubMetrics(
    backlog,
    async () => [],
    () => 0,
  );
  const tools = toolsMetrics({ running: () => 0 });
  const texts = [(await hub.scrape()).text, await mixer.metrics(), await tools.registry.metrics()];
  const types = texts.flatMap((each) => [...each.matchAll(/^# TYPE (\S+) (\S+)$/gm)]);
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

test('every name that the dashboard asks for is one that a service tells', async () => {
  const names = await told();
  const asked = dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricsIn(expr)));
  expect(asked.length).toBeGreaterThan(60);
  expect([...new Set(asked)].filter((name) => !names.has(name))).toEqual([]);
});

test('a name that is not there would be found', () => {
  const expr =
    'histogram_quantile(0.9, sum by (le, a) (rate(x_bucket{job="y_z", b!~"c|d"}[$__rate_interval]))) / clamp_min(z, 1) or vector(0)';
  expect(metricsIn(expr)).toEqual(['x_bucket', 'z']);
});

test('every panel is explained, and asks the source that is set up', async () => {
  const sources = z
    .object({ datasources: z.array(z.looseObject({ uid: z.string() })) })
    .parse(parse(await read('docker/grafana/datasources.yml'))).datasources;
  for (const { type, title, description, datasource, targets } of dashboard.panels) {
    if (type === 'row') continue;
    expect([title, /^[A-Z].{10,}\.$/.test(description ?? '')]).toEqual([title, true]);
    expect(sources.map(({ uid }) => uid)).toContain(datasource?.uid);
    expect(targets.length).toBeGreaterThan(0);
  }
});

test('Prometheus reads each service where it tells', async () => {
  const { scrape_configs: jobs } = Scraped.parse(parse(await read('docker/prometheus/prometheus.yml')));
  const places = ['hub', 'mixer', 'tools'].map((name) => {
    const { PORT, METRICS_PORT } = compose.services[name]?.environment ?? {};
    return { names: [name], port: METRICS_PORT ?? PORT };
  });
  expect(jobs.flatMap(({ dns_sd_configs }) => dns_sd_configs)).toMatchObject(places);
});

test('who looks is on this machine, and what our services are told is what they read', async () => {
  const ports = Object.values(observed.services).flatMap((service) => service.ports);
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  expect(ports).toHaveLength(3);
  for (const [name, schema] of Object.entries(SCHEMAS))
    expect(
      Object.keys(observed.services[name]?.environment ?? {}).filter((key) => !(key in schema.shape)),
    ).toEqual([]);
  const explained = exampleKeys(await read('.env.example'));
  const variables = composeVariables(text);
  expect(variables.map(({ name, operator }) => [explained.includes(name), operator])).toEqual(
    variables.map(() => [true, ':?']),
  );
});

test('every file that is put into a container is there', async () => {
  for (const { volumes } of Object.values(observed.services))
    for (const volume of volumes) {
      const [from = ''] = volume.split(':');
      if (from.startsWith('./')) await expect(access(join(ROOT, from))).resolves.toBeUndefined();
      else expect(Object.keys(observed.volumes)).toContain(from);
    }
});
