import { keys, type MixerId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Redis } from '@parley/kit/redis';
import type { Rooms } from '../room/Rooms.ts';
import type { EventLog } from './EventLog.ts';
import type { Lease } from './Lease.ts';

export interface OwnershipOptions {
  mixerId: MixerId;
  rooms: Pick<Rooms, 'giveUp' | 'giveUpAll' | typeof Symbol.iterator>;
  lease: Pick<Lease, 'events'>;
  facts: Pick<EventLog, 'events'>;
  redis: Redis;
  log: Log;
}

/**
 * Gives up rooms that other mixers have, without a word about them: all after a sleep, those that went elsewhere when
 * Redis comes back, and any whose facts are refused (M27).
 */
export function watchOwnership({ mixerId, rooms, lease, facts, redis, log }: OwnershipOptions): void {
  lease.events.on('slept', () => rooms.giveUpAll());
  facts.events.on('superseded', (sessionId, epoch) => rooms.giveUp(sessionId, epoch));
  lease.events.on('regained', () => {
    lookForStrays({ rooms, redis, mixerId }).catch((error: unknown) =>
      log.warn({ err: error }, 'rooms not looked after'),
    );
  });
}

async function lookForStrays({
  rooms,
  redis,
  mixerId,
}: Pick<OwnershipOptions, 'rooms' | 'redis' | 'mixerId'>): Promise<void> {
  await Promise.all(
    [...rooms].map(async ({ sessionId, epoch }) => {
      if (epoch === undefined) return;
      const [owner, present] = await redis.hmget(keys.placement(sessionId), 'mixer', 'epoch');
      // One that was given to this mixer again is about to be asked for.
      if (owner !== mixerId && Number(present ?? 0) > epoch) rooms.giveUp(sessionId, epoch);
    }),
  );
}
