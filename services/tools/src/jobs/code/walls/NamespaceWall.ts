import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limited, uidOf, type Enclosure, type Entry, type Wall } from './Wall.ts';

const SCRIPT = join(import.meta.dirname, 'wall.sh');
/** Where things are inside. */
const WORKSPACE = '/workspace';
const HOME = '/home/agent';

/**
 * A wall of kernel namespaces: the workspace and a private home are all that can be written, programs of this machine
 * can be read, nothing else is there; no process outside is seen; no network unless it is wished; no right to get any of it back.
 * Started by root it also becomes another user. When its first process ends, everything in it does (R31).
 */
export class NamespaceWall implements Wall {
  readonly kind = 'namespaces';
  readonly about: string;
  readonly #root: boolean;

  /**
   * `root`: the service is root. Root that is only mapped into a user namespace would not do: to the kernel's settings
   * below /proc/sys it is root still.
   */
  constructor(root: boolean) {
    this.#root = root;
    this.about = `a file system, processes and a network of its own${root ? ', as another user' : ''}`;
  }

  owner(slot: number): number | undefined {
    return this.#root ? uidOf(slot) : undefined;
  }

  async enter(command: string, args: readonly string[], enclosure: Enclosure): Promise<Entry> {
    const { workspace, home, shown, network, limits, slot } = enclosure;
    const uid = this.owner(slot);
    const root = await mkdtemp(join(tmpdir(), 'parley-wall-'));
    const all = [
      { source: workspace, target: WORKSPACE, writable: true },
      { source: home, target: HOME, writable: true },
      ...shown,
    ];
    const at = (path: string) => {
      const found = all.find(({ source }) => path === source || path.startsWith(`${source}/`));
      return found ? found.target + path.slice(found.source.length) : path;
    };
    return {
      command: 'setpriv',
      args: [
        '--pdeathsig',
        'KILL',
        '--',
        'unshare',
        '--mount',
        '--pid',
        '--ipc',
        '--uts',
        '--fork',
        '--kill-child=KILL',
        ...(this.#root ? [] : ['--user', '--map-root-user']),
        ...(network ? [] : ['--net']),
        '--',
        ...limited(limits),
        'sh',
        SCRIPT,
        root,
        uid === undefined ? 'same' : String(uid),
        network ? 'shared' : 'own',
        ...all.flatMap(({ source, target, writable }) => [writable ? 'rw' : 'ro', source, target]),
        '--',
        at(command),
        ...args.map(at),
      ],
      at,
      leave: () => rmdir(root).catch(() => undefined), // a second call finds nothing
    };
  }
}
