import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { describeIssues } from '@parley/contract';
import { z } from 'zod';

const count = (max: number) => z.coerce.number().int().min(1).max(max);

/** What `npm run load -- …` takes. Bounded: a typo is not to bring a machine down. */
export const LoadOptions = z.strictObject({
  rooms: count(1_000).default(10),
  participants: count(50).default(4),
  /** How many speak at the same time on average, while people speak. */
  talkers: z.coerce.number().min(0).max(10).default(1.4),
  seconds: count(86_400).default(60),
  join: z.enum(['rtp', 'webrtc']).default('rtp'),
  /** Somebody else's; without it a stack of its own is started and stopped. */
  hub: z.url({ protocol: /^https?$/ }).optional(),
  /** Rooms that are begun in a second. */
  ramp: z.coerce.number().positive().max(1_000).default(5),
  /** Everybody comes within 5 s instead, into sessions that were made before. */
  storm: z.boolean().default(false),
  json: z.boolean().default(false),
  soak: z.boolean().default(false),
});
export type LoadOptions = z.output<typeof LoadOptions>;

/** One process has to keep up with all of them. */
const MOST_RTP = 4_000;
/** A WebRTC bot costs 13 ms of CPU a second: so many take most of a core from what they are to measure. */
const MOST_WEBRTC_PER_CORE = 60;

/** What was asked for cannot be done; the message says why, for a person. */
export class BadOptions extends Error {
  override readonly name = 'BadOptions';
}

/** Throws BadOptions. `cores` are those of this machine. */
export function readOptions(args: readonly string[], cores = availableParallelism()): LoadOptions {
  const parsed = LoadOptions.safeParse(valuesOf(args));
  if (!parsed.success) throw new BadOptions(`--${describeIssues(parsed.error).replaceAll('; ', '; --')}`);
  const options = parsed.data;
  const bots = options.rooms * options.participants;
  const most = options.join === 'rtp' ? MOST_RTP : MOST_WEBRTC_PER_CORE * cores;
  if (bots > most)
    throw new BadOptions(
      `${bots} bots by ${options.join} are more than this machine should play (${most}). Ask for fewer rooms or participants.`,
    );
  if (options.soak && options.hub !== undefined)
    throw new BadOptions(
      '--soak looks at processes of this machine: it cannot at somebody else’s hub (--hub).',
    );
  return options;
}

function valuesOf(args: readonly string[]): unknown {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        rooms: text,
        participants: text,
        talkers: text,
        seconds: text,
        join: text,
        hub: text,
        ramp: text,
        storm: flag,
        json: flag,
        soak: flag,
      },
    }).values;
  } catch (error) {
    throw new BadOptions(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
