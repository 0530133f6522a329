import { readdirSync, readFileSync } from 'node:fs';

export interface Member {
  pid: number;
  /** Bytes of memory in use, shared ones counted for each. */
  resident: number;
}

interface Seen {
  parent: number;
  /** Distinguishes a process from a later one with the same number. */
  started: string;
  resident: number;
}

const PAGE = 4096;

/**
 * Finds every process of one job, by /proc: what descends from its first process, what was once seen to, and what carries
 * its mark in the environment. So it also finds those that left their process group and lost their parent.
 * Where there is no /proc it finds none, and the process group must do.
 */
export class Census {
  readonly #root: number;
  readonly #mark: string;
  readonly #known = new Map<number, string>();

  /** `mark`: a line "NAME=value" that the first process was given and its children inherit. */
  constructor(root: number, mark: string) {
    this.#root = root;
    this.#mark = mark;
  }

  /** `thorough` reads every environment: slower, for the end. Without the first process itself once it has ended. */
  count(thorough: boolean): Member[] {
    const all = snapshot();
    for (const [pid, started] of this.#known) if (all.get(pid)?.started !== started) this.#known.delete(pid);
    for (const [pid, seen] of all)
      if (pid === this.#root || this.#known.has(seen.parent) || (thorough && this.#marked(pid)))
        this.#known.set(pid, seen.started);
    for (let grown = true; grown;) {
      grown = false;
      for (const [pid, seen] of all)
        if (!this.#known.has(pid) && this.#known.has(seen.parent)) {
          this.#known.set(pid, seen.started);
          grown = true;
        }
    }
    return [...this.#known.keys()].map((pid) => ({ pid, resident: all.get(pid)?.resident ?? 0 }));
  }

  #marked(pid: number): boolean {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(this.#mark);
    } catch {
      return false; // gone, or somebody else's
    }
  }
}

/** Processes that are alive; the dead that nobody has buried yet need no killing. */
function snapshot(): Map<number, Seen> {
  const all = new Map<number, Seen>();
  for (const name of list('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // The name in brackets may hold anything; what follows it has fixed places (proc(5)).
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') continue;
      all.set(pid, {
        parent: Number(fields[1]),
        started: fields[19] ?? '',
        resident: Number(fields[21]) * PAGE,
      });
    } catch {
      // It ended while we looked.
    }
  }
  return all;
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
