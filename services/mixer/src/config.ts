import { isIP } from 'node:net';
import { envFlag, envLogLevel, envPort } from '@parley/kit/env';
import { tracingEnv } from '@parley/kit/startTracing';
import { z } from 'zod';
import { readSources } from './rtp/sources.ts';
import { ROLL_OVER_AFTER_MS, ROLL_OVER_AFTER_TOKENS } from './room/assistantOptions.ts';

/** `40100-40119`: first and last port of a range. */
const portRange = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, 'Expected two ports like 40100-40119')
  .transform((text): [number, number] => {
    const [first, last] = text.split('-').map(Number);
    return [first ?? 0, last ?? 0];
  })
  .refine(
    ([first, last]) => first >= 1024 && last > first && last <= 65_535,
    'Expected 1024 ≤ first < last ≤ 65535',
  );

/** `127.0.0.0/8, 10.1.2.3, ::1` */
const sources = z.string().refine((text) => readSources(text) !== undefined, {
  message: 'Expected addresses or subnets with commas between, like 127.0.0.0/8,10.1.2.3',
});

/** Every key of the mixer's environment; `.env.example` explains each. */
export const ConfigSchema = z.object({
  LOG_LEVEL: envLogLevel,
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379'),
  /** Address on which media is received; candidates carry it unless RTC_ANNOUNCED_ADDRESS is set. */
  RTC_LISTEN_IP: z
    .string()
    .refine((text) => isIP(text) > 0, 'Expected an IP address')
    .default('127.0.0.1'),
  RTC_ANNOUNCED_ADDRESS: z.string().min(1).optional(),
  /** One port, UDP and TCP, for all browsers; 0 takes any. */
  RTC_PORT: envPort.default(0),
  /** UDP ports for plain SDP peers, one each; unset takes any. */
  RTC_BRIDGE_PORTS: portRange.optional(),
  /** Who may send plain RTP and be sent some: addresses and subnets. */
  RTP_ALLOWED_SOURCES: sources.default('127.0.0.0/8,::1'),
  /** A plain RTP participant of whom nothing came for so long has left; 0: never. */
  RTP_SILENCE_MS: z.coerce.number().int().min(0).max(86_400_000).default(30_000),
  /** On SIGTERM: rooms have so long to move to another mixer, or to come to their end. */
  DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(8_000),
  MAX_ROOMS: z.coerce.number().int().min(1).max(10_000).default(100),
  /** A mixer whose event loop is busy for more than this part of the time takes no new rooms; 1: never refuses so. */
  MAX_LOAD: z.coerce.number().min(0.1).max(1).default(0.85),
  /** Media workers of this process; by default one for each core but one. */
  MEDIASOUP_WORKERS: z.coerce.number().int().min(1).max(64).optional(),
  /** Devices of one room on one worker, before another one takes more of them. */
  PARTICIPANTS_PER_WORKER: z.coerce.number().int().min(1).default(20),
  MEDIASOUP_WORKER_BIN: z.string().min(1).optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: z.url({ protocol: /^(https?|wss?)$/ }).default('https://api.openai.com/v1'),
  REALTIME_MODEL: z.string().min(1).default('gpt-realtime-2.1'),
  TRANSCRIPTION_MODEL: z.string().min(1).default('gpt-live-transcribe'),
  /** How the provider is reached. */
  PROVIDER_TRANSPORT: z.enum(['websocket', 'webrtc']).default('websocket'),
  PROVIDER_SIMULATED: envFlag.default(false),
  /** Whether the assistant may have things done (by `services/tools`), as far as a session's settings let it. */
  TOOLS: z.enum(['on', 'off']).default('on'),
  /** A provider link of this age is replaced in the next silence; sooner when its provider ends it sooner. */
  ROLL_OVER_AFTER_MS: z.coerce.number().int().min(1_000).default(ROLL_OVER_AFTER_MS),
  /** Also one whose answers have to read so many tokens. */
  ROLL_OVER_AFTER_TOKENS: z.coerce.number().int().min(1_000).default(ROLL_OVER_AFTER_TOKENS),
  /** Prices of models, as JSON or as the path of a file with it. */
  PRICES_JSON: z.string().min(1).optional(),
  /** /healthz and /metrics; 0 serves none. */
  METRICS_PORT: envPort.default(0),
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  ...tracingEnv,
});

export type Config = Readonly<z.output<typeof ConfigSchema>>;

/** One core is for this process, which mixes. */
export const workersFor = ({ MEDIASOUP_WORKERS }: Config, cores: number): number =>
  MEDIASOUP_WORKERS ?? Math.max(1, cores - 1);

/** An address of "everywhere" cannot be a candidate: then somebody must say what peers should send to. */
export function checkAddresses(config: Config): void {
  const everywhere = config.RTC_LISTEN_IP === '0.0.0.0' || config.RTC_LISTEN_IP === '::';
  if (everywhere && config.RTC_ANNOUNCED_ADDRESS === undefined)
    throw new Error(
      `RTC_LISTEN_IP=${config.RTC_LISTEN_IP} needs RTC_ANNOUNCED_ADDRESS: the address at which browsers reach this machine`,
    );
}
