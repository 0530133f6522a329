import { stripVTControlCharacters } from 'node:util';

/** One line of a process's log, in pino's shape. */
export interface Entry {
  /** 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
  level: number;
  time: string | number;
  msg?: string;
  [field: string]: unknown;
}

export const LEVELS: Readonly<Record<string, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Infinity,
};

/**
 * Reads a line. What a program prints that is not of pino's shape (a stack trace, a framework's greeting) becomes an
 * entry too: a warning if it went to standard error, so that it shows on the terminal. Colours are
 * for terminals and left out.
 */
export function readEntry(line: string, output: 'stdout' | 'stderr', now: Date): Entry {
  if (line.startsWith('{')) {
    try {
      const value = JSON.parse(line) as Partial<Entry>;
      if (typeof value.level === 'number' && value.time !== undefined) return value as Entry;
    } catch {
      // Not JSON: a line of text that happens to begin with a brace.
    }
  }
  return {
    level: output === 'stderr' ? 40 : 30,
    time: now.toISOString(),
    msg: stripVTControlCharacters(line),
  };
}
