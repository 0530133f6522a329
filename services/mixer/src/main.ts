import { BlockList } from 'node:net';
import { availableParallelism } from 'node:os';
import { keys, type MixerRecord, newMixerId, PROTOCOL_VERSION, type SessionId } from '@parley/contract';
import { readEnv } from '@parley/kit/env';
import { HealthServer } from '@parley/kit/healthServer';
import { runService } from '@parley/kit/lifecycle';
import { createLog, type Log } from '@parley/kit/log';
import { closeRedis, createRedis, type Redis, waitForRedis } from '@parley/kit/redis';
import { Scope } from '@parley/kit/scope';
import { startTracing } from '@parley/kit/startTracing';
import { Registry } from 'prom-client';
import type { Codec } from './audio/codec.ts';
import { FrameClock } from './audio/FrameClock.ts';
import { loadOpus } from './audio/opus.ts';
import { Peer } from './bridge/Peer.ts';
import { checkAddresses, type Config, ConfigSchema, workersFor } from './config.ts';
import { Capacity } from './control/Capacity.ts';
import { CommandEndpoint } from './control/CommandEndpoint.ts';
import { Desk } from './control/Desk.ts';
import { DeskQueue } from './control/DeskQueue.ts';
import { EventLog } from './control/EventLog.ts';
import { isElsewhere } from './control/isElsewhere.ts';
import { Lease } from './control/Lease.ts';
import { Load } from './control/Load.ts';
import { createMetrics } from './control/metrics.ts';
import { providerTimes } from './control/providerTimes.ts';
import { watchOwnership } from './control/ownership.ts';
import { HubSignals } from './control/signals.ts';
import { MediaEngine } from './media/MediaEngine.ts';
import { noPacerCounts } from './realtime/Pacer.ts';
import { watchLinks } from './realtime/WatchedLink.ts';
import { webRtcLinks } from './realtime/webRtcLink.ts';
import { webSocketLinks } from './realtime/webSocketLink.ts';
import { readPrices } from './readPrices.ts';
import { Assistant } from './room/Assistant.ts';
import { Spending } from './room/CostMeter.ts';
import { Drain } from './room/Drain.ts';
import type { LinkFactory } from './room/ports.ts';
import { Rooms, type RoomsOptions } from './room/Rooms.ts';
import { systemClock as clock } from './room/systemClock.ts';
import { warmUp } from './room/warmUp.ts';
import { noRtpCounts } from './rtp/RtpGuard.ts';
import { RtpPort, type RtpPortOptions } from './rtp/RtpPort.ts';
import { readSources } from './rtp/sources.ts';

const REDIS_WITHIN_MS = 15_000;
/** Beside what rooms may take to move. */
const CLOSE_WITHIN_MS = 10_000;

const config = readEnv('mixer', ConfigSchema, process.env);
const mixerId = newMixerId();
const log = createLog('mixer', config.LOG_LEVEL).child({ mixerId });
const scope = new Scope();
const metrics = new Registry();
const times = providerTimes(metrics);
const pacing = noPacerCounts();

await runService(log, scope, start, config.DRAIN_MS + CLOSE_WITHIN_MS);

/** What is made first is closed last: the rooms drain and tell so, commands stop, then media, facts and Redis. */
async function start(): Promise<void> {
  checkAddresses(config);
  await startTracing('mixer', config, log, scope);
  const codec = await loadOpus();
  warmUp(codec);
  const [redis, subscriber] = [connect('mixer'), connect('mixer-commands')];
  await waitForRedis(redis, REDIS_WITHIN_MS);

  const facts = new EventLog(redis, log);
  scope.own(facts);
  const spending = new Spending();
  let lease: Lease | undefined;
  const checkLease = () => lease?.check();
  const media = openMedia();
  await media.open();
  const frameClock = scope.own(
    new FrameClock({
      onWake: checkLease,
      onError: (error) => log.error({ err: error }, 'frame clock failed'),
    }),
  );
  const rtpOptions = rtpPorts(config);
  const capacity = new Capacity({
    maxLoad: config.MAX_LOAD,
    latenessMs: () => frameClock.stats.latenessP50Ms,
    rooms: () => rooms.claimed,
    talked: () => [...rooms].filter(({ talked }) => talked).length,
  });
  const rooms: Rooms = new Rooms({
    openMedia: () => media.openRoom(),
    openPeer: (options) => Peer.open(bridgeOptions(config), options),
    openRtp: (options) => RtpPort.open(rtpOptions, options),
    makeAssistant: assistants(config, codec, spending, await openDesk(redis, subscriber)),
    codec,
    frameClock,
    clock,
    facts,
    beforeTelling: checkLease,
    maxRooms: config.MAX_ROOMS,
    busy: () => capacity.busy,
    log,
  });
  const signals = scope.own(new HubSignals({ mixerId, rooms, facts, redis, log }));

  const { handlers } = rooms;
  const endpoint = new CommandEndpoint({
    mixerId,
    handlers,
    subscriber,
    redis,
    beforeEach: checkLease,
    log,
  });
  await endpoint.open();
  scope.own(endpoint);
  const registered = await register(redis, rooms, media, capacity);
  lease = registered;
  watchOwnership({ mixerId, rooms, lease: registered, facts, redis, log });
  // Whoever waits for /healthz may count on all the rest.
  createMetrics(metrics, {
    rooms,
    maxRooms: config.MAX_ROOMS,
    capacity,
    spending,
    frameClock,
    rtp: rtpOptions.counts,
    pacing,
    commands: endpoint.counts,
    eventLog: facts,
    mediaReady: () => media.ready,
    mediaCpuSeconds: () => media.cpuSeconds(),
  });
  await openHealth(media, redis);
  // First of all at the end, and at once: a signal to the process group has reached the media worker too.
  scope.add(() => leave({ rooms, media, signals, redis, lease: registered }));
  log.info({ channel: keys.mixerCommands(mixerId), maxRooms: config.MAX_ROOMS }, 'mixer ready');
}

/** Rooms that are to close at once do so before anything else: the media worker may be ending too. */
async function leave(parts: {
  rooms: Rooms;
  media: MediaEngine;
  signals: HubSignals;
  redis: Redis;
  lease: Lease;
}): Promise<void> {
  const { rooms, media, signals, redis, lease } = parts;
  const elsewhere = () => isElsewhere(redis, mixerId);
  const drain = new Drain({ rooms, elsewhere, clock, log, withinMs: config.DRAIN_MS });
  const drained = drain.run();
  if (rooms.busy) await lease.renew().catch((error: unknown) => log.warn({ err: error }, 'drain not told'));
  await drained;
  media.close();
  await signals.told();
  await lease.close();
}

function connect(name: string): Redis {
  const redis = createRedis(config.REDIS_URL, log, name);
  scope.add(() => closeRedis(redis));
  return redis;
}

function openMedia(): MediaEngine {
  return scope.own(
    new MediaEngine({
      workerBin: config.MEDIASOUP_WORKER_BIN,
      listenIp: config.RTC_LISTEN_IP,
      announcedAddress: config.RTC_ANNOUNCED_ADDRESS,
      port: config.RTC_PORT,
      workers: workersFor(config, availableParallelism()),
      participantsPerWorker: config.PARTICIPANTS_PER_WORKER,
      clock,
      log,
    }),
  );
}

const bridgeOptions = ({ RTC_LISTEN_IP, RTC_ANNOUNCED_ADDRESS, RTC_BRIDGE_PORTS }: Config) => ({
  listenIp: RTC_LISTEN_IP,
  announcedAddress: RTC_ANNOUNCED_ADDRESS,
  ports: RTC_BRIDGE_PORTS,
  clock,
  log,
});

function rtpPorts(settings: Config): RtpPortOptions {
  return {
    listenIp: settings.RTC_LISTEN_IP,
    announcedAddress: settings.RTC_ANNOUNCED_ADDRESS,
    ports: settings.RTC_BRIDGE_PORTS,
    allowed: readSources(settings.RTP_ALLOWED_SOURCES) ?? new BlockList(),
    silenceMs: settings.RTP_SILENCE_MS,
    counts: noRtpCounts(),
    clock,
    log,
  };
}

/** Where the tools are called; none when they are off. */
async function openDesk(redis: Redis, subscriber: Redis): Promise<Desk | undefined> {
  if (config.TOOLS === 'off') return undefined;
  const queue = scope.own(new DeskQueue({ redis, clock, log }));
  await queue.open();
  const desk = scope.own(new Desk({ queue, redis, subscriber, log }));
  await desk.open();
  return desk;
}

function assistants(
  settings: Config,
  codec: Codec,
  spending: Spending,
  desk: Desk | undefined,
): RoomsOptions['makeAssistant'] {
  const prices = readPrices(settings.PRICES_JSON);
  const { hostname } = new URL(settings.OPENAI_BASE_URL);
  const simulated = settings.PROVIDER_SIMULATED;
  const provider = simulated ? 'simulator' : hostname === 'api.openai.com' ? 'openai' : hostname;
  return (session, roomLog: Log, { sessionId, ...before }) =>
    new Assistant({
      desk: desk?.of(sessionId),
      settings: session,
      connect: links(settings, codec, roomLog, sessionId),
      clock,
      log: roomLog,
      simulated,
      provider,
      model: settings.REALTIME_MODEL,
      prices,
      spending,
      ...before,
      rollOverAfterMs: settings.ROLL_OVER_AFTER_MS,
      rollOverAfterTokens: settings.ROLL_OVER_AFTER_TOKENS,
    });
}

function links(settings: Config, codec: Codec, roomLog: Log, sessionId: SessionId): LinkFactory {
  const options = {
    baseUrl: settings.OPENAI_BASE_URL,
    // A simulator or a server on the LAN may want none; the header must not be empty.
    apiKey: settings.OPENAI_API_KEY ?? 'none',
    model: settings.REALTIME_MODEL,
    transcriptionModel: settings.TRANSCRIPTION_MODEL,
    clock,
    log: roomLog,
  };
  const byWebRtc = settings.PROVIDER_TRANSPORT === 'webrtc';
  const connect = byWebRtc ? webRtcLinks({ ...options, codec, pacing }) : webSocketLinks(options);
  return watchLinks(connect, { clock, times, attributes: { 'parley.session.id': sessionId } });
}

async function openHealth(media: MediaEngine, redis: Redis): Promise<void> {
  if (config.METRICS_PORT === 0) return;
  const trouble = () => {
    if (!media.ready) return 'no media worker';
    return redis.status === 'ready' ? undefined : 'Redis is away';
  };
  scope.own(
    await HealthServer.open({ port: config.METRICS_PORT, host: config.METRICS_HOST, trouble, metrics, log }),
  );
}

async function register(redis: Redis, rooms: Rooms, media: MediaEngine, capacity: Capacity): Promise<Lease> {
  const load = new Load(() => media.cpuSeconds());
  const startedAt = Date.now();
  const record = async (): Promise<MixerRecord> => ({
    id: mixerId,
    protocol: PROTOCOL_VERSION,
    startedAt,
    draining: rooms.draining || !media.ready,
    rooms: rooms.size,
    participants: rooms.participants,
    maxRooms: config.MAX_ROOMS,
    cpu: await load.look(),
    busy: capacity.look(),
  });
  const lease = new Lease({ mixerId, redis, clock, log, record });
  await lease.open();
  return lease;
}
