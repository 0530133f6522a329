import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { connect } from 'node:net';
import { join } from 'node:path';
import { silentLog } from '@parley/kit/log';
import { closeRedis, createRedis } from '@parley/kit/redis';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from './postgres.ts';
import { startRedis } from './redis.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'parley-servers-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Whether somebody listens on an address of this machine other than 127.0.0.1. */
async function reachableFromOutside(port: number): Promise<boolean> {
  const outside = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid);
  const answers = outside.map(
    ({ address }) =>
      new Promise<boolean>((resolve) => {
        const socket = connect({ host: address, port, timeout: 1_000 });
        socket.once('connect', () => resolve(true));
        socket.once('error', () => resolve(false));
        socket.once('timeout', () => resolve(false));
      }),
  );
  return (await Promise.all(answers)).includes(true);
}

const portOf = (url: string) => Number(new URL(url).port);

describe('Postgres', { timeout: 60_000 }, () => {
  const start = (durable = false) => startPostgres({ dir: join(dir, 'postgres'), log: silentLog, durable });

  async function query(server: PostgresServer, sql: string): Promise<unknown[]> {
    const client = new Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    await client.end();
    return rows;
  }

  test('L7 L8 keeps its data, wants its password, listens here alone', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept (a INTEGER)');
    expect(await reachableFromOutside(portOf(first.url))).toBe(false);
    const stranger = new Client({ connectionString: first.url.replace(/:[^:@]+@/, ':wrong@') });
    await expect(stranger.connect()).rejects.toThrow('password');
    expect((await stat(join(dir, 'postgres/password'))).mode & 0o077).toBe(0);
    await first.stop();
    const second = await start();
    expect(await query(second, 'SELECT * FROM kept')).toEqual([]);
    await second.stop();
  });

  test('L7 comes back after a crash, whoever has its number now', async () => {
    const first = await start(true);
    await query(first, 'CREATE TABLE kept (a INTEGER)');
    const pidFile = join(dir, 'postgres/data/postmaster.pid');
    const text = await readFile(pidFile, 'utf8');
    process.kill(Number.parseInt(text, 10), 'SIGKILL');
    await first.exited;
    await writeFile(pidFile, text.replace(/^\d+/, String(process.pid)));
    const second = await start(true);
    expect(await query(second, 'SELECT * FROM kept')).toEqual([]);
    await second.stop();
  });

  test('a taken port is an error, not a wait', async () => {
    const first = await start();
    const other = startPostgres({
      dir: join(dir, 'other'),
      port: portOf(first.url),
      log: silentLog,
      durable: false,
    });
    await expect(other).rejects.toThrow('while starting');
    await first.stop();
  });
});

describe('Redis', { timeout: 60_000 }, () => {
  async function command(url: string, name: string, ...args: string[]): Promise<unknown> {
    const redis = createRedis(url, silentLog, 'test');
    try {
      return await redis.call(name, ...args);
    } finally {
      await closeRedis(redis);
    }
  }

  test('L7 L8 the real one keeps its data through a kill, and listens here alone', async () => {
    const first = await startRedis({ dir, log: silentLog });
    expect(first.kind).not.toBe('js');
    expect(await reachableFromOutside(portOf(first.url))).toBe(false);
    await command(first.url, 'SET', 'kept', 'yes');
    const info = String(await command(first.url, 'INFO', 'server'));
    process.kill(Number(/process_id:(\d+)/.exec(info)?.[1]), 'SIGKILL');
    await first.exited;
    const second = await startRedis({ dir, log: silentLog });
    expect(await command(second.url, 'GET', 'kept')).toBe('yes');
    await second.stop();
  });

  test('L8 the one in JavaScript answers, runs Lua, and listens here alone', async () => {
    const server = await startRedis({ dir, log: silentLog, programs: [] });
    expect(server.kind).toBe('js');
    expect(await command(server.url, 'EVAL', 'return redis.call("INCR", KEYS[1])', '1', 'a')).toBe(1);
    expect(await reachableFromOutside(portOf(server.url))).toBe(false);
    await server.stop();
  });

  test('one that cannot start is an error, not a wait', async () => {
    const first = await startRedis({ dir, log: silentLog });
    const other = startRedis({ dir: join(dir, 'other'), port: portOf(first.url), log: silentLog });
    await expect(other).rejects.toThrow('while starting');
    await first.stop();
  });
});
