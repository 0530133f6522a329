import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export type Command = 'start' | 'setup' | 'test';

export interface Options {
  command: Command;
  help: boolean;
  port?: number;
  host?: string;
  /** Folder of everything that is kept, as it was given. */
  data?: string;
  /** What `test` passes on. */
  rest: string[];
}

/** The command line is wrong. The message says how, and what there is. */
export class UsageError extends Error {
  constructor(why: string) {
    super(`${why}\n\n${HELP}`);
    this.name = 'UsageError';
  }
}

/** A file of its own, because the door shows it before anything is installed. */
export const HELP = readFileSync(join(import.meta.dirname, '../help.txt'), 'utf8').trimEnd();

/** Throws UsageError. */
export function readOptions(args: readonly string[]): Options {
  const [first = ''] = args;
  if (first === 'test') return { command: 'test', help: false, rest: args.slice(1) };
  const command = first === 'setup' || first === 'start' ? first : undefined;
  const { port, help, ...values } = parse(command ? args.slice(1) : args);
  return {
    command: command ?? 'start',
    help,
    ...(port === undefined ? {} : { port: readPort(port) }),
    ...values,
    rest: [],
  };
}

function parse(args: readonly string[]): { help: boolean; port?: string; host?: string; data?: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new UsageError(why);
  }
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 1 && port <= 65_535)) throw new UsageError(`--port ${text} is not a port (1 to 65535)`);
  return port;
}
