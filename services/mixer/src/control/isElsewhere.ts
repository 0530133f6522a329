import { keys, MixerId, MixerRecord, PROTOCOL_VERSION } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';

/** Whether another mixer has a lease and would take a room. */
export async function isElsewhere(redis: Redis, own: MixerId): Promise<boolean> {
  const ids = await redis.smembers(keys.mixers);
  const others = ids.flatMap((id) => MixerId.safeParse(id).data ?? []).filter((id) => id !== own);
  if (others.length === 0) return false;
  const texts = await redis.mget(others.map((id) => keys.mixer(id)));
  return texts.some((text) => text !== null && mayTake(text));
}

function mayTake(text: string): boolean {
  const { data } = MixerRecord.safeParse(JSON.parse(text));
  return data?.protocol === PROTOCOL_VERSION && !data.draining && data.rooms < data.maxRooms;
}
