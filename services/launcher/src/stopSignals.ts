/** Ctrl-C in a terminal reaches both `npm start` and the launcher, and the one hands it on to the other: one wish. */
const SAME_WISH_MS = 1_000;

/**
 * Aborts when this process is asked to end: by SIGINT, SIGTERM, SIGHUP, or because the process that started it has gone
 * and with it their channel. A second wish ends at once, with code 130; the guard then ends the children (L6).
 */
export function stopSignals(): AbortSignal {
  const stop = new AbortController();
  let since: number | undefined;
  const ask = () => {
    since ??= Date.now();
    if (stop.signal.aborted && Date.now() - since > SAME_WISH_MS) process.exit(130);
    stop.abort(new Error('Stopped'));
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  process.on('SIGHUP', ask);
  process.on('disconnect', ask);
  return stop.signal;
}
