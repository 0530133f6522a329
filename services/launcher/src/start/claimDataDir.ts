import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SetupError } from '../setup/Setup.ts';

export interface Claim {
  /** Told to whoever tries to start a second time. */
  address: string;
  release(): Promise<void>;
}

/**
 * Two Parleys on one data folder would break each other's databases, so the first holds a local socket named after the
 * folder; a socket disappears with its process, however that ends. Throws SetupError when another is running (L3).
 */
export async function claimDataDir(dir: string): Promise<Claim> {
  await mkdir(dir, { recursive: true });
  const name = createHash('sha256')
    .update(await realpath(dir))
    .digest('hex')
    .slice(0, 16);
  const path = join(tmpdir(), `parley-${name}.sock`);
  const claim = { address: '' };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(claim.address);
  });
  for (;;) {
    server.listen(path);
    try {
      await once(server, 'listening');
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
      const address = await askOther(path);
      if (address !== undefined)
        throw new SetupError(
          `Parley is already running on ${dir}${address && `, at ${address}`}. Stop it first, or start this one with another folder: --data DIR`,
        );
      await rm(path, { force: true });
    }
  }
  server.unref();
  return Object.assign(claim, {
    release: async () => {
      server.close();
      await once(server, 'close');
    },
  });
}

/** Undefined when nobody listens any more. */
async function askOther(path: string): Promise<string | undefined> {
  const socket = connect(path);
  try {
    return await text(socket);
  } catch {
    return undefined;
  }
}
