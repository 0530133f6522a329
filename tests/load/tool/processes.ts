import { readdir, readFile } from 'node:fs/promises';

export interface Usage {
  /** Seconds of CPU, user and system. */
  cpu: number;
  /** Resident bytes. */
  rss: number;
  /** Open file descriptors. */
  handles: number;
}

/** proc(5): clock ticks a second are 100 wherever Node runs on Linux; pages have 4 KiB. */
const TICKS = 100;
const PAGE = 4_096;

/** The children of a process, from /proc. */
export async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** Undefined when there is no such process. Linux only. */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Behind the name, which may have spaces: state is field 3, utime 14, stime 15, rss 24.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const handles = (await readdir(`/proc/${pid}/fd`)).length;
    const cpu = (Number(fields[11]) + Number(fields[12])) / TICKS;
    return { cpu, rss: Number(fields[21]) * PAGE, handles };
  } catch {
    return undefined;
  }
}

/** A process and its media workers apart. */
export async function mixerUsage(pid: number): Promise<{ mixer: Usage; worker: Usage }> {
  const workers = await Promise.all((await childrenOf(pid)).map((child) => usageOf(child)));
  return { mixer: (await usageOf(pid)) ?? none(), worker: sum(workers) };
}

export const none = (): Usage => ({ cpu: 0, rss: 0, handles: 0 });

export const sum = (usages: readonly (Usage | undefined)[]): Usage =>
  usages.reduce<Usage>(
    (total, usage = none()) => ({
      cpu: total.cpu + usage.cpu,
      rss: total.rss + usage.rss,
      handles: total.handles + usage.handles,
    }),
    none(),
  );
