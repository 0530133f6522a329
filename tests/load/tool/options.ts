import { parseArgs } from 'node:util';
import { z } from 'zod';

const count = (max: number) => z.coerce.number().int().min(1).max(max);

/** What `npm run load -- …` takes. Bounded: a typo is not to bring a machine down. */
export const LoadOptions = z.strictObject({
  rooms: count(1_000).default(10),
  participants: count(50).default(4),
  /** How many speak at the same time on average, while people speak. */
  talkers: z.coerce.number().min(0).max(10).default(1.4),
  seconds: count(86_400).default(60),
  join: z.enum(['rtp']).default('rtp'),
  /** Somebody else's; without it a stack of its own is started and stopped. */
  hub: z.url({ protocol: /^https?$/ }).optional(),
  /** Rooms that are begun in a second. */
  ramp: z.coerce.number().positive().max(1_000).default(5),
  json: z.boolean().default(false),
  soak: z.boolean().default(false),
});
export type LoadOptions = z.output<typeof LoadOptions>;

/** One process has to keep up with all of them. */
const MOST_BOTS = 4_000;

/** Throws with words for what is wrong. */
export function readOptions(args: readonly string[]): LoadOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      rooms: text,
      participants: text,
      talkers: text,
      seconds: text,
      join: text,
      hub: text,
      ramp: text,
      json: { type: 'boolean' },
      soak: { type: 'boolean' },
    },
  });
  const options = LoadOptions.parse(values);
  const bots = options.rooms * options.participants;
  if (bots > MOST_BOTS) throw new Error(`${bots} bots are more than one process can play (${MOST_BOTS}).`);
  return options;
}
