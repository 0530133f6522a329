import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './refusals.ts';

const PROTOCOL_KEY = 'openai-insecure-api-key.';
/** The one key that is always refused. */
const INVALID_KEY = 'invalid';

/**
 * The key of a request: `Authorization: Bearer <key>`, or the WebSocket subprotocol `openai-insecure-api-key.<key>`.
 * Any key is good that is not empty and not `invalid` (S4). Throws HttpRefusal 401.
 */
export function keyOf(request: IncomingMessage): string {
  const key = bearer(request) ?? subprotocolKey(request);
  if (!key)
    throw new HttpRefusal(401, {
      code: null,
      message:
        "You didn't provide an API key. Send it in the Authorization header (Authorization: Bearer YOUR_KEY).",
    });
  if (key === INVALID_KEY)
    throw new HttpRefusal(401, { code: 'invalid_api_key', message: 'Incorrect API key provided.' });
  return key;
}

function offeredProtocols(request: IncomingMessage): string[] {
  const header = request.headers['sec-websocket-protocol'] ?? '';
  return header
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
}

function subprotocolKey(request: IncomingMessage): string | undefined {
  return offeredProtocols(request)
    .find((name) => name.startsWith(PROTOCOL_KEY))
    ?.slice(PROTOCOL_KEY.length);
}
