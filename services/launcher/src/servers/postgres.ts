import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@parley/kit/log';
import { Client } from 'pg';
import { OwnedProcess, type Exit } from '../processes/OwnedProcess.ts';
import { freePort } from '../processes/ports.ts';
import { runCommand } from '../processes/runCommand.ts';
import { ordinaryAccount, type Account } from './account.ts';
import { postgresBinaries } from './binaries.ts';
import { clearStalePid } from './postmasterPid.ts';

export interface PostgresOptions {
  /** Holds the cluster (`data/`) and its password; made when missing, kept by `stop`. */
  dir: string;
  /** On 127.0.0.1; any free one when absent. */
  port?: number;
  /** The server's own lines, at the level that fits. */
  log: Log;
  /** False gives up safety against a power cut for speed: for data that nobody wants to keep. */
  durable?: boolean;
  signal?: AbortSignal;
}

export interface PostgresServer {
  /** `postgresql://…/parley`: an empty database at first. */
  url: string;
  /** Resolves when the server has ended, however it came. */
  exited: Promise<Exit>;
  stop(): Promise<void>;
}

const USER = 'parley';
const DATABASE = 'parley';
/** Longer only after a crash in the middle of much writing. */
const READY_MS = 60_000;
const STOP_MS = 15_000;

/** Starts the embedded PostgreSQL, after a crash too. Resolves once it answers. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dir, log, durable = true } = options;
  const port = options.port ?? (await freePort());
  const account = await ordinaryAccount(dir);
  const data = join(dir, 'data');
  const binaries = await postgresBinaries();
  const password = await createCluster({ dir, data, initdb: binaries.initdb, account, durable });
  await clearStalePid(data, STOP_MS);
  const flags = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    lc_messages: 'C',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const plan = account.wrap(binaries.postgres, [
    '-D',
    data,
    ...Object.entries(flags).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ]);
  const server = await OwnedProcess.start({
    ...plan,
    uid: account.uid,
    gid: account.gid,
    env: process.env,
    stopSignal: 'SIGINT', // "fast": ends the connections, then writes a checkpoint
    onLine: (line) => logLine(log, line),
  });
  const stop = async () => void (await server.stop(STOP_MS));
  const at = (database: string) => `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
  const waiting = new AbortController();
  const signals = options.signal ? [options.signal, waiting.signal] : [waiting.signal];
  try {
    await Promise.race([
      createDatabase(at('postgres'), AbortSignal.any(signals)),
      server.exited.then(({ code }) => {
        throw new Error(`PostgreSQL ended with code ${code} while starting`);
      }),
    ]);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    waiting.abort();
  }
  return { url: at(DATABASE), exited: server.exited, stop };
}

interface NewCluster {
  dir: string;
  data: string;
  initdb: string;
  account: Account;
  durable: boolean;
}

/** Makes the cluster once, under another name first so that half a cluster is never taken for one. */
async function createCluster({ dir, data, initdb, account, durable }: NewCluster): Promise<string> {
  const passwordFile = join(dir, 'password');
  if (existsSync(data)) return (await readFile(passwordFile, 'utf8')).trim();
  const half = join(dir, 'half');
  await rm(half, { recursive: true, force: true });
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined)
    await chown(passwordFile, account.uid, account.gid);
  const made = account.wrap(initdb, [
    `--pgdata=${half}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ]);
  await runCommand(made.command, made.args, { uid: account.uid, gid: account.gid });
  await rename(half, data);
  return password;
}

async function createDatabase(url: string, signal: AbortSignal): Promise<void> {
  const client = await connect(url, signal);
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** Tries until the server accepts: it refuses at first, then says that it is starting up. */
async function connect(url: string, signal: AbortSignal): Promise<Client> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined); // seen by the query that fails
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(`PostgreSQL did not answer within ${READY_MS / 1000} s`, { cause: error });
      await delay(50, undefined, { signal });
    }
  }
}

/** "2026-11-20 17:50:00.000 UTC [7] LOG:  text" */
function logLine(log: Log, line: string): void {
  const [, severity, text] = /^\S+ \S+ \S+ \[\d+\] (\w+): +(.*)$/.exec(line) ?? [];
  if (severity === 'PANIC') log.error(text);
  else if (severity === 'WARNING' || severity === 'ERROR' || severity === 'FATAL') log.info(text);
  else log.debug(text ?? line);
}
