import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { newHubId, type SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { closeRedis, createRedis, waitForRedis } from '@parley/kit/redis';
import type { Scope } from '@parley/kit/scope';
import type { HubConfig } from './config.ts';
import { Backlog } from './events/Backlog.ts';
import { openEvents } from './events/openEvents.ts';
import { ADMIN_PATH } from './http/adminRoutes.ts';
import { createApp } from './http/app.ts';
import { callerAddress } from './http/callerAddress.ts';
import { RateLimits } from './http/rateLimit.ts';
import { createWebProxy } from './http/webProxy.ts';
import { createIceServers } from './iceServers.ts';
import { BullJobDesk } from './jobs/BullJobDesk.ts';
import { createDashboard } from './jobs/dashboard.ts';
import { createMetrics } from './metrics.ts';
import { CommandGateway } from './mixers/CommandGateway.ts';
import { RedisMixerRegistry } from './mixers/RedisMixerRegistry.ts';
import { RedisMixerWatch } from './mixers/RedisMixerWatch.ts';
import { listenToMixers } from './mixers/signals.ts';
import { readinessChecks } from './readiness.ts';
import { Directory } from './session/Directory.ts';
import { History } from './session/History.ts';
import { HubLease } from './session/HubLease.ts';
import { Jobs } from './session/Jobs.ts';
import { Membership } from './session/Membership.ts';
import { Moderation } from './session/Moderation.ts';
import { Rights } from './session/Rights.ts';
import { RoomKeeper } from './session/RoomKeeper.ts';
import { Rooms } from './session/Rooms.ts';
import { Sessions } from './session/Sessions.ts';
import { Sweeper } from './session/Sweeper.ts';
import { BetweenHubs } from './signaling/BetweenHubs.ts';
import { FactRelay } from './signaling/FactRelay.ts';
import { SocketServer } from './signaling/SocketServer.ts';
import { createDatabase } from './store/database.ts';
import { PrismaArchive } from './store/PrismaArchive.ts';
import { RedisArtifacts } from './store/RedisArtifacts.ts';
import { RedisChannels } from './store/RedisChannels.ts';
import { RedisDeadEvents } from './store/RedisDeadEvents.ts';
import { RedisEventTail } from './store/RedisEventTail.ts';
import { RedisMemory } from './store/RedisMemory.ts';
import { RedisSessionStore } from './store/RedisSessionStore.ts';
import { JwtTokens } from './Tokens.ts';

export interface RunningHub {
  id: string;
  /** Where it really listens, e.g. `http://127.0.0.1:3000`. */
  url: string;
}

const REDIS_WITHIN_MS = 10_000;

/** Builds every part and starts it. Whatever was made is undone by the scope, last first. */
export async function startHub(config: HubConfig, log: Log, scope: Scope): Promise<RunningHub> {
  const hub = newHubId();
  const now = Date.now;

  const connect = (name: string) => {
    const connection = createRedis(config.REDIS_URL, log, name);
    scope.add(() => closeRedis(connection));
    return connection;
  };
  const redis = connect('hub');
  await waitForRedis(redis, REDIS_WITHIN_MS);
  const channels = new RedisChannels(redis, connect('hub-subscriber'), log);
  const database = createDatabase(config.DATABASE_URL, log);
  scope.add(() => database.$disconnect());

  const backlog = scope.own(new Backlog({ redis, alarmAt: config.EVENTS_ALARM_AT, log }));
  backlog.start();
  const desk = scope.own(new BullJobDesk({ redis: connect('hub-queues'), log }));
  await desk.ready();
  const metrics = createMetrics(
    backlog,
    () => desk.counts(),
    () => events.depth,
  );
  const { measures } = metrics;
  const archive = new PrismaArchive(database);
  const tail = new RedisEventTail(redis);
  const history = new History(archive, tail, (ms) => delay(ms));
  const events = await openEvents({ hub, redis, channels, database, archive, tail, measures, log, scope });

  const store = new RedisSessionStore(redis, (id) => events.counters.restore(id));
  const mixers = new RedisMixerRegistry(redis, log);
  const watch = new RedisMixerWatch(redis, () => performance.now());
  const isSettled = () => watch.settled;
  const gateway = await CommandGateway.open({ hub, channels, measures, log, isSettled });
  const past = (id: SessionId) => history.said(id);
  const spentUsd = (id: SessionId) => archive.spentUsd(id);
  const rooms = new Rooms({ store, mixers, gateway, spentUsd, past, log, now });
  const keeper = new RoomKeeper({ store, watch, rooms, log, now });
  const maxParticipants = config.MAX_PARTICIPANTS;
  const directory = new Directory({ store, archive, history, log, maxParticipants });
  const sessions = new Sessions({ store, rooms, directory, eventLog: events.log, jobs: desk, log, now });
  const reconnectGraceMs = config.RECONNECT_GRACE_MS;
  const membership = new Membership({
    store,
    rooms,
    directory,
    history,
    log,
    now,
    maxParticipants,
    reconnectGraceMs,
  });
  const moderation = new Moderation({ store, rooms, directory, membership, log, now });
  await listenToMixers(channels, keeper, membership, log);
  const relay = new FactRelay({ tail, history, log });
  await relay.listen(channels);

  const memory = new RedisMemory(redis);
  const tokens = new JwtTokens(config.TOKEN_SECRET);
  const limits = new RateLimits(redis, config.RATE_LIMIT_PER_MINUTE);
  const iceServers = createIceServers({
    fixed: config.ICE_SERVERS,
    turnUrls: config.TURN_URLS,
    secret: config.TURN_SECRET,
    ttlSeconds: config.TURN_TTL_SECONDS,
    now,
  });
  const allowedOrigins = [...config.ALLOWED_ORIGINS, ...(config.PUBLIC_URL ? [config.PUBLIC_URL] : [])];
  const web = createWebProxy(config.WEB_URL, log);
  const isPostgresThere = () => events.archivist.answers();
  const app = createApp({
    api: {
      sessions,
      membership,
      moderation,
      rights: new Rights({ tokens, store, archive }),
      directory,
      history,
      tokens,
      iceServers,
      publicUrl: (req) => config.PUBLIC_URL ?? `${req.protocol}://${req.host ?? req.hostname}`,
      limits,
      publicHistory: config.PUBLIC_HISTORY,
    },
    jobs: { jobs: new Jobs({ history, directory, artifacts: new RedisArtifacts(redis) }), desk },
    admin: {
      store,
      adminToken: config.ADMIN_TOKEN,
      forOwners: config.ADMIN_FOR_OWNERS,
      dashboard: createDashboard(desk.queues, `${ADMIN_PATH}/queues`),
      deadEvents: new RedisDeadEvents(redis),
    },
    health: {
      checks: readinessChecks({ redis, postgres: isPostgresThere, mixers, backlog, tools: desk }),
      scrape: metrics.scrape,
      metricsToken: config.METRICS_TOKEN,
    },
    web: web.handler,
    allowedOrigins,
    trustProxy: config.TRUST_PROXY,
    memory,
    observe: metrics.http,
    log,
  });
  const server = createServer(app);
  const lease = new HubLease({ store, hub, log, now });
  await lease.start();
  scope.own(lease);
  const betweenHubs = new BetweenHubs(connect('hub-sockets'));
  const sockets = new SocketServer({
    http: server,
    betweenHubs,
    hub,
    tokens,
    relay,
    memory,
    measures,
    log,
    subject: { sessions, membership, moderation, rooms, history, jobs: desk, iceServers },
    limits,
    callerAddress: (request) =>
      callerAddress(request, app.get('trust proxy fn') as (address: string, hop: number) => boolean),
    allowedOrigins,
  });
  scope.own(sockets);
  await betweenHubs.ready();
  scope.add(web.attach(server));

  const sweeper = new Sweeper({
    store,
    archive,
    tail,
    membership,
    sessions,
    log,
    now,
    sessionIdleMs: config.SESSION_IDLE_MS,
    isFirst: () => events.writing,
  });
  sweeper.start();
  scope.own(sweeper);
  keeper.start();
  scope.own(keeper);

  server.listen(config.PORT, config.HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${port}`;
  log.info({ hub, url }, 'hub ready');
  return { id: hub, url };
}
