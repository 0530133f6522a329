import { keys } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';

/** How entries of all queues are kept: seen on a dashboard for an hour after they were done. */
export const KEPT = {
  removeOnComplete: { age: 3_600, count: 2_000 },
  removeOnFail: { age: 3_600, count: 2_000 },
} as const;

/** What every queue and worker of BullMQ is given. The connection is somebody else's; a worker makes one more itself. */
export const place = (connection: Redis) => ({ connection, prefix: keys.queues });
