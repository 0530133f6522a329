import { AppError } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export type { Prisma, PrismaClient } from './generated/client.ts';

/** A query that waits longer than this for a connection says that Postgres is away. */
const CONNECT_MS = 3_000;
/** No query of ours takes longer. */
const STATEMENT_MS = 15_000;

/** Connections are made when they are needed and again after a loss; close it with `$disconnect`. */
export function createDatabase(url: string, log: Log): PrismaClient {
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: 10,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      query_timeout: STATEMENT_MS,
      application_name: 'parley-hub',
    },
    {
      onPoolError: (error) => log.warn({ err: error }, 'postgres connection lost'),
      onConnectionError: (error) => log.debug({ err: error }, 'postgres connection failed'),
    },
  );
  return new PrismaClient({ adapter });
}

/** Runs a read; whatever goes wrong means that the history cannot be read now. */
export async function reading<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw new AppError('not-ready', 'The history cannot be read right now. Try again in a moment.', {
      cause: error,
    });
  }
}
