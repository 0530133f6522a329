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

export interface Family {
  count: number;
  /** They go by themselves: that there are more of them for a while is no leak. */
  expires: boolean;
}

/** The keys there are, by family. */
export async function countFamilies(redisUrl: string): Promise<Map<string, Family>> {
  const redis = createRedis(redisUrl, silentLog, 'load');
  const families = new Map<string, Family>();
  try {
    for (let cursor: string | undefined; cursor !== '0';) {
      const [next, found] = await redis.scan(cursor ?? '0', 'COUNT', 500);
      for (const key of found) {
        const name = familyOf(key);
        const family = families.get(name) ?? { count: 0, expires: (await redis.ttl(key)) >= 0 };
        families.set(name, family);
        family.count += 1;
      }
      cursor = next;
    }
  } finally {
    await closeRedis(redis);
  }
  return families;
}
