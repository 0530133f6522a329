import { activeTrace } from './tracing.ts';
import { pino, type DestinationStream, type LogFn, type Logger } from 'pino';

export type Log = Logger;

/** Fields that must never be written, wherever they turn up in a log call. */
const SECRETS = ['token', 'ownerToken', 'apiKey', 'authorization', 'password', 'credential', 'secret'];

/** Lines of this process that somebody should read, since its start. */
export interface Complaints {
  warn: number;
  error: number;
  fatal: number;
}
const counted: Complaints = { warn: 0, error: 0, fatal: 0 };
export const complaints: Readonly<Complaints> = counted;
const COUNTED: Readonly<Record<number, keyof Complaints>> = { 40: 'warn', 50: 'error', 60: 'fatal' };

/**
 * One JSON line per entry, on standard output unless told otherwise; the launcher makes files and the pretty terminal
 * of it. `level` is one of pino's: fatal, error, warn, info, debug, trace, silent.
 */
export function createLog(service: string, level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: { service },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: activeTrace,
    hooks: {
      logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn, number: number) {
        const name = COUNTED[number];
        if (name) counted[name] += 1;
        method.apply(this, args);
      },
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** A log that writes nothing, for tests and tools. */
export const silentLog: Log = pino({ level: 'silent' });
