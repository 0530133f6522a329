import type { IncomingMessage } from 'node:http';
import { namedScenario, ScenarioError } from '../scenarios/loadScenario.ts';
import type { Scenario } from '../scenarios/schema.ts';
import { HttpRefusal } from './refusals.ts';

/** What an upgrade request asks for. */
export interface Target {
  kind: 'realtime' | 'transcription';
  /** Empty when only a client secret can tell. */
  model: string;
  /** The call to attach to, in place of a session of its own. */
  callId: string | null;
  /** Named by the request; undefined leaves the server's. */
  scenario: Scenario | undefined;
  /** It still speaks the beta protocol. */
  beta: boolean;
}

/** Reads `/v1/realtime?model=`, `?intent=transcription` or `?call_id=`. Throws HttpRefusal. */
export function readTarget(request: IncomingMessage): Target {
  const url = new URL(request.url ?? '/', 'http://simulator');
  if (url.pathname !== '/v1/realtime')
    throw new HttpRefusal(404, {
      code: null,
      message: `Invalid URL (${request.method ?? 'GET'} ${url.pathname})`,
    });
  const model = url.searchParams.get('model');
  const callId = url.searchParams.get('call_id');
  const intent = url.searchParams.get('intent');
  const given = [model, callId, intent].filter((value) => value !== null);
  if (given.length > 1)
    throw new HttpRefusal(400, {
      code: 'invalid_request',
      message: 'Give exactly one of model, call_id and intent=transcription.',
    });
  if (intent !== null && intent !== 'transcription')
    throw new HttpRefusal(400, {
      code: 'invalid_value',
      message: `Invalid value: '${intent}'. Supported values are: 'transcription'.`,
      param: 'intent',
    });
  return {
    kind: intent === null ? 'realtime' : 'transcription',
    model: model ?? '',
    callId,
    scenario: requestedScenario(request, url),
    beta: request.headers['openai-beta'] !== undefined,
  };
}

/** The scenario that a request names, in its address or a header. Throws HttpRefusal for one that is not there. */
export function requestedScenario(request: IncomingMessage, url: URL): Scenario | undefined {
  const header = request.headers['x-simulator-scenario'];
  const name = url.searchParams.get('scenario') ?? (typeof header === 'string' ? header : null);
  if (name === null) return undefined;
  try {
    return namedScenario(name);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new HttpRefusal(400, { code: 'invalid_value', message: error.message, param: 'scenario' });
  }
}
