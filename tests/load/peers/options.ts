import { parseArgs } from 'node:util';
import { z } from 'zod';

const count = (max: number) => z.coerce.number().int().min(1).max(max);

/** What `npm run load:peers -- …` takes. */
export const PeerOptions = z.strictObject({
  rooms: count(200).default(20),
  participants: count(16).default(4),
  /** How many speak at the same time on average, while people speak. */
  talkers: z.coerce.number().min(0).max(10).default(1.4),
  /** Of talk, each system in each round. */
  seconds: count(3_600).default(40),
  rounds: count(20).default(2),
  json: z.boolean().default(false),
});
export type PeerOptions = z.output<typeof PeerOptions>;

/** Throws with words for what is wrong. */
export function readOptions(args: readonly string[]): PeerOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      rooms: text,
      participants: text,
      talkers: text,
      seconds: text,
      rounds: text,
      json: { type: 'boolean' },
    },
  });
  return PeerOptions.parse(values);
}
