import { AppError, toErrorBody } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { ErrorRequestHandler } from 'express';
import { RateLimited } from './rateLimit.ts';

/** What express and its body parser throw has a status and perhaps a `type`. */
function known(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const { type, status } = error as Error & { type?: string; status?: number };
  if (type === 'entity.too.large')
    return new AppError('payload-too-large', 'The request is too large.', { cause: error });
  if (type === 'entity.parse.failed')
    return new AppError('bad-request', 'The body is not valid JSON.', { cause: error });
  if (status !== undefined && status >= 400 && status < 500)
    return new AppError('bad-request', error.message, { cause: error });
  return error;
}

/** Seconds after which it may be better: mixers say every second what they can take, and are sure of it after five. */
const NO_MIXER_S = 5;

/** Every error leaves as `{error: {code, message}}`; what is not ours to tell is logged and called `internal`. */
export function answerErrors(log: Log): ErrorRequestHandler {
  return (thrown: unknown, req, res, next) => {
    // Answered already, or nobody listens any more.
    if (res.writableEnded || res.destroyed) return;
    const error = known(thrown);
    const body = toErrorBody(error);
    if (body.code === 'internal')
      log.error({ err: error, method: req.method, path: req.path }, 'request failed');
    if (res.headersSent) {
      next(thrown);
      return;
    }
    res.locals['refusal'] = body.code;
    if (body.code === 'bad-token') res.set('WWW-Authenticate', 'Bearer');
    if (body.code === 'no-mixer') res.set('Retry-After', String(NO_MIXER_S));
    if (error instanceof RateLimited) res.set('Retry-After', String(error.seconds));
    res.status(error instanceof AppError ? error.status : 500).json({ error: body });
  };
}
