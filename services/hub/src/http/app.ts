import { AppError } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { beginSpan } from '@parley/kit/tracing';
import express from 'express';
import type { Express, Request, RequestHandler } from 'express';
import { noMemory } from '../session/access.ts';
import type { Memory } from '../session/ports.ts';
import { ADMIN_PATH, adminRoutes } from './adminRoutes.ts';
import type { AdminOptions } from './adminRoutes.ts';
import { answerErrors } from './errors.ts';
import { healthRoutes } from './healthRoutes.ts';
import type { HealthOptions } from './healthRoutes.ts';
import { jobRoutes } from './jobRoutes.ts';
import type { JobApiOptions } from './jobRoutes.ts';
import { realtimeRoutes } from './realtimeRoutes.ts';
import { allowOrigins, secure } from './security.ts';
import { sessionRoutes } from './sessionRoutes.ts';
import type { ApiOptions } from './sessionRoutes.ts';

export interface AppOptions {
  api: ApiOptions;
  jobs: Pick<JobApiOptions, 'jobs' | 'desk'>;
  admin: Omit<AdminOptions, 'tokens' | 'limits'>;
  health: HealthOptions;
  web: RequestHandler;
  allowedOrigins: readonly string[];
  /** Which proxies are believed when they name the caller (express, `trust proxy`). */
  trustProxy: string;
  memory: Memory;
  observe: (route: string, status: number, ms: number) => void;
  log: Log;
}

/** An SDP offer of 64 KiB, escaped as JSON, fits. */
const BODY_LIMIT = 160 * 1_024;

/** Everything that is asked over HTTP: the API, health, and the page behind the proxy. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', options.trustProxy);
  app.use(secure, observed(options.observe));
  app.use(healthRoutes(options.health));
  const api = express.Router();
  api.use(traced);
  api.use(allowOrigins(options.allowedOrigins), remembering(options.memory));
  api.use(options.api.limits.guesses);
  const { tokens, limits } = options.api;
  api.use(ADMIN_PATH.slice('/api'.length), adminRoutes({ ...options.admin, tokens, limits }));
  api.use(express.json({ limit: BODY_LIMIT }));
  api.use('/sessions', sessionRoutes(options.api), jobRoutes({ ...options.api, ...options.jobs }));
  api.use('/realtime', realtimeRoutes(options.api));
  api.use((req) => {
    throw new AppError('not-found', `There is no ${req.method} ${req.originalUrl.slice(0, 200)}.`);
  });
  app.use('/api', api);
  app.use(options.web);
  app.use(answerErrors(options.log));
  return app;
}

/** Answers those who wait when Redis goes away. What their handlers say afterwards is not heard. */
function remembering(memory: Memory): RequestHandler {
  return (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    if (!memory.isThere) throw noMemory();
    const error = noMemory();
    const undo = memory.onLost(() => {
      if (!res.headersSent) res.status(error.status).json({ error: error.body() });
    });
    res.on('close', undo);
    next();
  };
}

function observed(observe: AppOptions['observe']): RequestHandler {
  return (req, res, next) => {
    const began = performance.now();
    res.on('finish', () => {
      observe(routeOf(req), res.statusCode, performance.now() - began);
    });
    next();
  };
}

/** One span for each request of the API. What was asked for is named by its route: paths have IDs in them. */
const traced: RequestHandler = (req, res, next) => {
  const span = beginSpan(`${req.method} /api`, {
    kind: 'server',
    parent: req.get('traceparent') ?? null,
    attributes: { 'http.request.method': req.method },
  });
  res.on('close', () => {
    const route = routeOf(req);
    span.rename(route === 'other' ? `${req.method} /api` : route);
    span.set({ 'http.route': route, 'http.response.status_code': res.statusCode });
    span.end();
  });
  span.run(() => next());
};

function routeOf(req: Request): string {
  const path = (req.route as { path?: string } | undefined)?.path;
  return path === undefined ? 'other' : `${req.method} ${req.baseUrl}${path}`;
}
