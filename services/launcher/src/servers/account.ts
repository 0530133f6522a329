import { spawnSync } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';

/** How to run a program that refuses to run as root. */
export interface Account {
  /** The command line that runs `command` under the account. */
  wrap(command: string, args: readonly string[]): { command: string; args: string[] };
  uid?: number;
  gid?: number;
}

const NOBODY = 65_534;
const UNSHARE = ['--user', '--map-user=1000', '--map-group=1000', '--'];

const asIs: Account = { wrap: (command, args) => ({ command, args: [...args] }) };

/**
 * PostgreSQL refuses to run as root. Where this process is root, the program runs in a user namespace in which root is
 * an ordinary user (the files stay root's), or where that is forbidden, as in many containers, as "nobody", who is
 * given the folder.
 */
export async function ordinaryAccount(dir: string): Promise<Account> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (process.getuid?.() !== 0) return asIs;
  if (spawnSync('unshare', [...UNSHARE, 'true'], { stdio: 'ignore' }).status === 0)
    return { wrap: (command, args) => ({ command: 'unshare', args: [...UNSHARE, command, ...args] }) };
  await chown(dir, NOBODY, NOBODY);
  return { ...asIs, uid: NOBODY, gid: NOBODY };
}
