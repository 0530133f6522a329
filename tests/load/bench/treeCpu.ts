import { childrenOf, usageOf } from '../tool/processes.ts';

/** Seconds of CPU of a process and of its children, as long as they live. Postgres has one for each connection. */
export async function treeCpu(pid: number): Promise<number> {
  const pids = [pid, ...(await childrenOf(pid))];
  const usages = await Promise.all(pids.map((each) => usageOf(each)));
  return usages.reduce((sum, usage) => sum + (usage?.cpu ?? 0), 0);
}
