import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@parley/kit/log';
import { OwnedProcess, type Exit, type ProcessPlan } from '../processes/OwnedProcess.ts';
import { freePort } from '../processes/ports.ts';
import { findProgram } from './binaries.ts';

export type RedisKind = 'redis' | 'valkey' | 'js';

export interface RedisOptions {
  /** Holds the append-only file; made when missing, kept by `stop`. */
  dir: string;
  /** On 127.0.0.1; any free one when absent. */
  port?: number;
  log: Log;
  /** Programs to look for on the PATH, the first is taken. None means the one in JavaScript. */
  programs?: readonly string[];
}

export interface RedisServer {
  url: string;
  /** `js` is the last resort: slow, and its data is gone when it stops. */
  kind: RedisKind;
  exited: Promise<Exit>;
  stop(): Promise<void>;
}

const PROGRAMS = ['valkey-server', 'redis-server'];
/** In the log of Redis and Valkey alike. */
const READY = 'Ready to accept connections';
/** Longer only when a large file is read. */
const READY_MS = 60_000;
const STOP_MS = 10_000;

/** Starts a Redis of our own. Resolves once it says that it is ready: an answer could be another server's. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { dir, log, programs = PROGRAMS } = options;
  const port = options.port ?? (await freePort());
  await mkdir(dir, { recursive: true });
  const ready = Promise.withResolvers<void>();
  const waiting = new AbortController();
  const program = findProgram(programs, process.env['PATH'] ?? '');
  const server = await OwnedProcess.start({
    ...(program ? serverPlan(program, dir, port) : javaScriptPlan(port)),
    env: process.env,
    onLine: (line) => {
      logLine(log, line);
      if (line.includes(READY)) ready.resolve();
    },
  });
  const stop = async () => void (await server.stop(STOP_MS));
  try {
    await Promise.race([
      ready.promise,
      delay(READY_MS, undefined, { signal: waiting.signal }).then(() => {
        throw new Error(`Redis was not ready within ${READY_MS / 1000} s`);
      }),
      server.exited.then(({ code }) => {
        throw new Error(`Redis ended with code ${code} while starting`);
      }),
    ]);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    waiting.abort();
  }
  return { url: `redis://127.0.0.1:${port}`, kind: kindOf(program), exited: server.exited, stop };
}

type Plan = Pick<ProcessPlan, 'command' | 'args'>;

/**
 * Every write is in the file before it is answered: by the second, what was answered while the disk was slow would be
 * lost with the process. A file cut short by a crash is read up to there.
 */
function serverPlan(program: string, dir: string, port: number): Plan {
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    daemonize: 'no',
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
  return { command: program, args };
}

function javaScriptPlan(port: number): Plan {
  return { command: process.execPath, args: [join(import.meta.dirname, 'javaScriptRedis.ts'), String(port)] };
}

function kindOf(program: string | undefined): RedisKind {
  if (!program) return 'js';
  return basename(program).startsWith('valkey') ? 'valkey' : 'redis';
}

/** "7:M 20 Nov 2026 17:50:00.000 # text": the sign before the text is the level, # is a warning. */
function logLine(log: Log, line: string): void {
  const [, sign, text] = /^\d+:\w .{20,28} ([.\-*#]) (.*)$/.exec(line) ?? [];
  if (sign === '#') log.info(text);
  else log.debug(text ?? line);
}
