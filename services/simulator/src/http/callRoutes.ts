import express, { Router, type Request } from 'express';
import type { Calls } from '../webrtc/Calls.ts';
import type { Admission } from './Admission.ts';
import { keyOf } from './auth.ts';
import { HttpRefusal } from './refusals.ts';
import { requestedScenario } from './target.ts';

/** What a call without any settings speaks with. */
const DEFAULT_MODEL = 'gpt-realtime-2.1';
const MAX_BODY = '256kb';

interface CallBody {
  sdp: string;
  session: Record<string, unknown> | undefined;
}

/** `/v1/realtime/calls`: an offer becomes a call (S80), `…/:id/hangup` ends one. */
export function callRoutes(calls: Calls, admission: Admission): Router {
  const router = Router();
  router.post('/', express.raw({ type: () => true, limit: MAX_BODY }), async (request, response) => {
    const { sdp, session } = await readBody(request);
    const url = new URL(request.originalUrl, 'http://simulator');
    const named = url.searchParams.get('model') ?? session?.['model'];
    const admitted = admission.admit({
      key: keyOf(request),
      kind: session?.['type'] === 'transcription' ? 'transcription' : 'realtime',
      // A client secret knows its own.
      model: typeof named === 'string' ? named : isEphemeral(request) ? '' : DEFAULT_MODEL,
      scenario: requestedScenario(request, url),
      session,
    });
    const { id, answer } = await calls.open(sdp, admitted);
    response.status(201).location(`/v1/realtime/calls/${id}`).type('application/sdp').send(answer);
  });
  router.post('/:id/hangup', (request, response) => {
    calls.hangUp(request.params.id);
    response.status(200).end();
  });
  router.post(['/:id/accept', '/:id/reject', '/:id/refer'], () => {
    throw new HttpRefusal(501, { code: 'not_supported', message: 'The simulator has no SIP calls.' });
  });
  return router;
}

const isEphemeral = (request: Request) => keyOf(request).startsWith('ek_');

/** Either the offer alone (`application/sdp`), or a form of `sdp` and perhaps `session`. */
async function readBody(request: Request): Promise<CallBody> {
  const type = request.headers['content-type'] ?? '';
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (/^application\/sdp\b/i.test(type)) return { sdp: bytes.toString('utf8'), session: undefined };
  if (!/^multipart\/form-data\b/i.test(type))
    throw new HttpRefusal(400, {
      code: 'unsupported_content_type',
      message: "Send the offer as 'application/sdp', or as 'multipart/form-data' with 'sdp' and 'session'.",
    });
  const form = await readForm(bytes, type);
  const [sdp, session] = [await partOf(form, 'sdp'), await partOf(form, 'session')];
  if (sdp === undefined)
    throw new HttpRefusal(400, {
      code: 'missing_required_parameter',
      message: "Missing required parameter: 'sdp'.",
      param: 'sdp',
    });
  return { sdp, session: session === undefined ? undefined : readSession(session) };
}

async function readForm(bytes: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  } catch {
    throw new HttpRefusal(400, { code: 'invalid_form', message: 'The form cannot be read.' });
  }
}

/** With a file name it is a file, without one it is text; both are right. */
async function partOf(form: FormData, name: string): Promise<string | undefined> {
  const part = form.get(name);
  return typeof part === 'string' ? part : part?.text();
}

function readSession(text: string): Record<string, unknown> {
  let session: unknown;
  try {
    session = JSON.parse(text);
  } catch {
    // Said below: what is no JSON is no object either.
  }
  if (typeof session !== 'object' || session === null || Array.isArray(session))
    throw new HttpRefusal(400, {
      code: 'invalid_json',
      message: "'session' must be a JSON object.",
      param: 'session',
    });
  return { ...session };
}
