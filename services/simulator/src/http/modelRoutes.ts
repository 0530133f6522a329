import express, { Router, type ErrorRequestHandler, type Request } from 'express';
import type { ModelLog } from '../inspect/ModelLog.ts';
import { answer } from '../models/answer.ts';
import { patience, sendEvents } from '../models/EventStream.ts';
import { message, messageEvents } from '../models/messages/events.ts';
import { MessagesError } from '../models/messages/MessagesError.ts';
import { countTokens, readRequest as readMessages } from '../models/messages/request.ts';
import { ModelRefusal } from '../models/ModelRefusal.ts';
import { ResponseBuilder } from '../models/responses/events.ts';
import { readRequest as readResponses } from '../models/responses/request.ts';
import type { Scenario } from '../scenarios/schema.ts';
import { keyOf } from './auth.ts';
import { toRefusal } from './ClientSecrets.ts';
import { HttpRefusal } from './refusals.ts';
import { requestedScenario } from './target.ts';

export interface ModelRoutesOptions {
  scenario: Scenario;
  requests: ModelLog | undefined;
}

/** Both providers take 32 MB. */
const body = () => express.json({ limit: '32mb', type: () => true });

function scenarioOf(request: Request, { scenario }: ModelRoutesOptions): Scenario {
  return requestedScenario(request, new URL(request.originalUrl, 'http://simulator')) ?? scenario;
}

/** `POST /v1/responses`. Keys and errors as everywhere below `/v1`. */
export function responsesRoutes(options: ModelRoutesOptions): Router {
  const router = Router();
  router.post('/', body(), async (request, response) => {
    keyOf(request);
    options.requests?.add('/v1/responses', request.headers, request.body);
    const asked = readResponses(request.body);
    const given = answerOr(refuseResponses, () => answer(asked.question, scenarioOf(request, options)));
    const builder = new ResponseBuilder(asked.body, given);
    if (asked.body.stream) await sendEvents(response, given, builder.events());
    else if (await patience(response, given)) response.json(builder.response());
  });
  return router;
}

/** `POST /v1/messages` and `…/count_tokens`. Keys, versions and errors in the form of that API. */
export function messagesRoutes(options: ModelRoutesOptions): Router {
  const router = Router();
  router.use((request, _response, next) => {
    checkKey(request);
    next();
  });
  router.post('/count_tokens', body(), (request, response) => {
    response.json({ input_tokens: countTokens(request.body) });
  });
  router.post('/', body(), async (request, response) => {
    options.requests?.add('/v1/messages', request.headers, request.body);
    const asked = readMessages(request.body);
    const given = answerOr(refuseMessages, () => answer(asked.question, scenarioOf(request, options)));
    const { model, stream } = asked.body;
    if (stream) await sendEvents(response, given, messageEvents(model, given));
    else if (await patience(response, given)) response.json(message(model, given));
  });
  router.use((request) => {
    throw new MessagesError(404, `Not found: ${request.method} ${request.originalUrl}`);
  });
  router.use(messagesErrors);
  return router;
}

function checkKey(request: Request): void {
  const key = request.headers['x-api-key'];
  const bearer = /^Bearer\s+(\S+)/i.exec(request.headers.authorization ?? '')?.[1];
  const given = typeof key === 'string' && key !== '' ? key : bearer;
  if (!given) throw new MessagesError(401, 'x-api-key header is required');
  if (given === 'invalid') throw new MessagesError(401, 'invalid x-api-key');
  if (!request.headers['anthropic-version'])
    throw new MessagesError(400, 'anthropic-version: header is required');
}

function answerOr<Result>(refuse: (refusal: ModelRefusal) => Error, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof ModelRefusal ? refuse(error) : error;
  }
}

const refuseMessages = ({ error: { status, type, message: words } }: ModelRefusal) =>
  new MessagesError(status, words, type);

function refuseResponses({ error: { status, type, code, message: words } }: ModelRefusal): HttpRefusal {
  const limited = status === 429;
  return new HttpRefusal(
    status,
    {
      type: type ?? (limited ? 'tokens' : status >= 500 ? 'server_error' : 'invalid_request_error'),
      code: code ?? (limited ? 'rate_limit_exceeded' : null),
      message:
        words ??
        (limited
          ? 'Rate limit reached for this model. Please try again later.'
          : 'The server had an error while processing your request. Sorry about that!'),
    },
    limited ? { 'Retry-After': '1' } : {},
  );
}

const messagesErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const known = error instanceof MessagesError ? error : fromBody(error);
  if (!known || response.headersSent) {
    next(error);
    return;
  }
  if (known.status === 429) response.set('Retry-After', '1');
  response.status(known.status).set('request-id', known.requestId).json(known.body());
};

/** A body that is no JSON or too long, a scenario that is not there. */
function fromBody(error: unknown): MessagesError | undefined {
  if (error instanceof Error && 'type' in error) {
    if (error.type === 'entity.parse.failed')
      return new MessagesError(400, 'The request body is not valid JSON.');
    if (error.type === 'entity.too.large') return new MessagesError(413, 'Request exceeds the maximum size');
  }
  const refusal = toRefusal(error);
  return refusal.status < 500 ? new MessagesError(refusal.status, refusal.message) : undefined;
}
