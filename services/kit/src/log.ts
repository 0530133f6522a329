import { pino, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/** Fields that must never be written, wherever they turn up in a log call. */
const SECRETS = ['token', 'ownerToken', 'apiKey', 'authorization', 'password', 'credential', 'secret'];

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
  };
  return destination ? pino(options, destination) : pino(options);
}

/** A log that writes nothing, for tests and tools. */
export const silentLog: Log = pino({ level: 'silent' });
