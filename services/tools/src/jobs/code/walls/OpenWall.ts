import { limited, uidOf, type Enclosure, type Entry, type Wall } from './Wall.ts';

/**
 * No wall, only limits, and another user where the service is root. For machines that allow no namespaces: the agent is
 * kept in its folder by the check of each of its tools alone, and every command is asked for (R32).
 */
export class OpenWall implements Wall {
  readonly kind: 'user' | 'none';
  readonly about: string;

  constructor(kind: 'user' | 'none') {
    this.kind = kind;
    this.about =
      kind === 'user'
        ? 'another user of this machine: commands can read what everybody can, and use the network'
        : 'no wall: commands can read and change what this service can, and use the network';
  }

  owner(slot: number): number | undefined {
    return this.kind === 'user' ? uidOf(slot) : undefined;
  }

  enter(command: string, args: readonly string[], { limits, slot }: Enclosure): Promise<Entry> {
    const inside = { at: (path: string) => path, leave: () => Promise.resolve() };
    if (process.platform !== 'linux')
      return Promise.resolve({
        ...inside,
        command: 'sh',
        args: [
          '-c',
          `ulimit -c 0; ulimit -t ${limits.cpuSeconds}; exec nice -n 10 "$@"`,
          'sh',
          command,
          ...args,
        ],
      });
    const uid = this.owner(slot);
    const other =
      uid === undefined
        ? []
        : ['--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--inh-caps=-all'];
    const [program = 'prlimit', ...rest] = limited(limits);
    return Promise.resolve({
      ...inside,
      command: program,
      args: [...rest, 'setpriv', ...other, '--no-new-privs', '--pdeathsig', 'KILL', '--', command, ...args],
    });
  }
}
