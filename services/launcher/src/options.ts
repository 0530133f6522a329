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
  /** How many of each; 1 when absent. */
  hubs?: number;
  mixers?: number;
  tools?: number;
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
  const { port, help, hubs, mixers, tools, ...values } = parse(command ? args.slice(1) : args);
  return {
    command: command ?? 'start',
    help,
    ...(port === undefined ? {} : { port: readPort(port) }),
    ...(hubs === undefined ? {} : { hubs: readCount('hubs', hubs) }),
    ...(mixers === undefined ? {} : { mixers: readCount('mixers', mixers) }),
    ...(tools === undefined ? {} : { tools: readCount('tools', tools) }),
    ...values,
    rest: [],
  };
}

interface Given {
  help: boolean;
  port?: string;
  host?: string;
  data?: string;
  hubs?: string;
  mixers?: string;
  tools?: string;
}

function parse(args: readonly string[]): Given {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        data: { type: 'string' },
        hubs: { type: 'string' },
        mixers: { type: 'string' },
        tools: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new UsageError(why);
  }
}

const MOST = 16;

function readCount(name: string, text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= 1 && count <= MOST))
    throw new UsageError(`--${name} ${text} is no number from 1 to ${MOST}`);
  return count;
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 1 && port <= 65_535)) throw new UsageError(`--port ${text} is not a port (1 to 65535)`);
  return port;
}
