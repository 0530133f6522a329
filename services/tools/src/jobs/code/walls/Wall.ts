/** What one command may use. Enforced by the kernel per process where it says so, else by a watch on all of them. */
export interface Limits {
  /** Data of one process (kernel), and memory in use by all together (watch), bytes. */
  memory: number;
  /** Processes and threads in all (kernel). */
  processes: number;
  /** One file that is written (kernel), bytes. */
  fileSize: number;
  /** Seconds of CPU of one process (kernel). */
  cpuSeconds: number;
}

/** A folder or file of this machine that is to be there, under a name of its own. */
export interface Shown {
  source: string;
  /** Absolute; where it is inside. Walls that show everything as it is ignore it. */
  target: string;
  writable: boolean;
}

export interface Enclosure {
  /** The folder that the command works in. */
  workspace: string;
  /** Its HOME: private to one job. */
  home: string;
  shown: readonly Shown[];
  /** Whether it may use the network of this machine. Only a wall of namespaces can keep it from doing so. */
  network: boolean;
  limits: Limits;
  /** Distinguishes the jobs that run at the same time. */
  slot: number;
}

/** How to start a command inside. `at` translates a path of this machine into the one inside. */
export interface Entry {
  command: string;
  args: readonly string[];
  at(path: string): string;
  /** Removes what was made for it; called when everything inside has ended. */
  leave(): Promise<void>;
}

/** Keeps a coding agent, and whatever it starts, inside its folder as far as this machine can. */
export interface Wall {
  /** namespaces: a file system, processes and a network of its own · user: another user · none: nothing but limits. */
  readonly kind: 'namespaces' | 'user' | 'none';
  /** In words, for the log and the room. */
  readonly about: string;
  /** Who must own the workspace and the home, when that is not the service's own user. */
  owner(slot: number): number | undefined;
  /** `command` is given with paths of this machine. */
  enter(command: string, args: readonly string[], enclosure: Enclosure): Promise<Entry>;
}

/** What is looked for programs, outside and inside. */
export const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** First user ID of those that jobs run as where the service itself is root; each slot has one of 1,000. */
const FIRST_UID = 64_000;
/** The user of a slot. */
export const uidOf = (slot: number): number => FIRST_UID + (slot % 1_000);

/** `prlimit` and `nice` in front of a command. The mixer's clock beside it must not wait for a compiler. */
export function limited(limits: Limits): readonly string[] {
  return [
    'prlimit',
    `--data=${limits.memory}`,
    `--nproc=${limits.processes}`,
    `--fsize=${limits.fileSize}`,
    `--cpu=${limits.cpuSeconds}`,
    '--nofile=4096',
    '--core=0',
    '--',
    'nice',
    '-n',
    '10',
  ];
}
