import { ApprovalId, EventId, HubId, JobId, MixerId, NoticeId, SessionId } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { closeRedis, createRedis } from '@parley/kit/redis';

const IDS = [SessionId, EventId, MixerId, HubId, JobId, ApprovalId, NoticeId];

/** `parley:session:k7fm-2xqd:seq` → `parley:session:*:seq`: the keys of all sessions, events and so on are one family. */
export const familyOf = (key: string): string => key.split(':').map(kindOf).join(':');

function kindOf(part: string): string {
  const isOne = /^\d|^call_/.test(part) || IDS.some((schema) => schema.safeParse(part).success);
  return isOne ? '*' : part;
}

/** How many keys there are of each family. */
export async function countFamilies(redisUrl: string): Promise<Record<string, number>> {
  const redis = createRedis(redisUrl, silentLog, 'load');
  const counts: Record<string, number> = {};
  try {
    for (let cursor: string | undefined; cursor !== '0';) {
      const [next, found] = await redis.scan(cursor ?? '0', 'COUNT', 500);
      for (const family of found.map(familyOf)) counts[family] = (counts[family] ?? 0) + 1;
      cursor = next;
    }
  } finally {
    await closeRedis(redis);
  }
  return counts;
}
