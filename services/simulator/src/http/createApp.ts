import { AppError, toErrorBody } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Inspector } from '../inspect/Inspector.ts';
import type { Calls } from '../webrtc/Calls.ts';
import { allowPages } from './allowPages.ts';
import { callRoutes } from './callRoutes.ts';
import type { Admission } from './Admission.ts';
import { inspectRoutes } from './inspectRoutes.ts';
import { messagesRoutes, responsesRoutes, type ModelRoutesOptions } from './modelRoutes.ts';
import { keyOf } from './auth.ts';
import { toRefusal, type ClientSecrets } from './ClientSecrets.ts';
import { HttpRefusal } from './refusals.ts';

export interface AppOptions {
  log: Log;
  secrets: ClientSecrets;
  admission: Admission;
  calls: Calls;
  inspector: Inspector | undefined;
  models: ModelRoutesOptions;
  /** Connections that are open now. */
  connections: () => number;
}

/** The HTTP half: client secrets, calls, models, health, inspection, and a clear no for what is not simulated. */
export function createApp(options: AppOptions): Express {
  const { log, secrets, admission, calls, inspector, models, connections } = options;
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok', connections: connections() });
  });
  app.use('/simulator', inspectRoutes(inspector, models.requests));

  app.use('/v1/messages', messagesRoutes(models));
  app.use('/v1', allowPages);
  app.use('/v1', (request, _response, next) => {
    keyOf(request);
    next();
  });
  app.use('/v1/responses', responsesRoutes(models));
  app.post('/v1/realtime/client_secrets', express.json({ limit: '1mb' }), (request, response) => {
    response.json(secrets.create(request.body, Math.floor(Date.now() / 1000)));
  });
  app.use('/v1/realtime/calls', callRoutes(calls, admission));
  app.all(['/v1/realtime/translations', '/v1/realtime/translations/*rest', '/v1/live/*rest'], () => {
    throw new HttpRefusal(501, {
      code: 'not_supported',
      message:
        'This is not simulated. There are GET /v1/realtime?model=, POST /v1/realtime/calls, /v1/responses and /v1/messages.',
    });
  });
  app.get('/v1/realtime', () => {
    throw new HttpRefusal(
      426,
      { code: 'upgrade_required', message: 'Open /v1/realtime as a WebSocket.' },
      { Upgrade: 'websocket', Connection: 'Upgrade' },
    );
  });
  app.use((request) => {
    throw new HttpRefusal(404, {
      code: null,
      message: `Invalid URL (${request.method} ${request.path})`,
    });
  });
  app.use(errorHandler(log));
  return app;
}

/** Provider paths answer in the provider's form, inspection in Parley's. */
function errorHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error); // express ends the connection
      return;
    }
    if (error instanceof AppError) {
      response.status(error.status).json({ error: toErrorBody(error) });
      return;
    }
    const refusal = bodyRefusal(error) ?? toRefusal(error);
    if (refusal.status >= 500 && refusal.status !== 501) log.error({ err: error }, 'request failed');
    response.status(refusal.status).set(refusal.headers).json(refusal.body());
  };
}

/** What express says about a body that is no JSON, or too long. */
function bodyRefusal(error: unknown): HttpRefusal | undefined {
  if (!(error instanceof Error) || !('type' in error)) return undefined;
  if (error.type === 'entity.parse.failed')
    return new HttpRefusal(400, { code: 'invalid_json', message: 'The body is not valid JSON.' });
  if (error.type === 'entity.too.large')
    return new HttpRefusal(413, { code: 'body_too_large', message: 'The body is too long.' });
  return undefined;
}
