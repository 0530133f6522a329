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

export const HELP = `Parley: several devices share one AI voice session.

  npm start                      start everything and print the address
  npm start -- [options]
      --port N     the address's port (default: PORT, else 3000 or the next free one)
      --host H     listen there (default: HOST, else 127.0.0.1); 0.0.0.0 for the network
      --data DIR   where databases, logs and the secret are kept (default: .data)
      --help       this text
  npm start -- setup             only install and build what is missing
  npm test  -- [arguments]       prepare and run the tests; arguments go to vitest

Settings are read from the environment and from .env; .env.example explains every key.`;

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
