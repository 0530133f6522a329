import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './question.ts';

/** One event of a stream. `piece`: part of the answer itself, which may come slowly and may break. */
export interface StreamEvent {
  event: string;
  data: object;
  piece?: boolean;
}

const MALFORMED = 'data: {"type":"half an ev\n\n';

/**
 * Sends an answer as server-sent events, at its pace, for as long as the client listens. A broken one breaks before its
 * second piece, or at its end when it has fewer.
 */
export async function sendEvents(
  response: ServerResponse,
  { delayMs, chunkMs, broken }: Answer,
  events: Iterable<StreamEvent>,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  try {
    if (delayMs > 0) await delay(delayMs, undefined, { signal: gone.signal });
    let pieces = 0;
    for (const { event, data, piece } of events) {
      if (piece && chunkMs > 0) await delay(chunkMs, undefined, { signal: gone.signal });
      if (piece) pieces += 1;
      if (broken && pieces === 2) break;
      if (!response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
        await once(response, 'drain', { signal: gone.signal });
    }
    if (broken === 'cut') response.destroy();
    else response.end(broken ? MALFORMED : undefined);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

/** Waits as an answer that comes in one piece does; false when the client has gone meanwhile. */
export async function patience(response: ServerResponse, { delayMs }: Answer): Promise<boolean> {
  if (delayMs === 0) return true;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return delay(delayMs, true, { signal: gone.signal }).catch(() => false);
}

/** Pieces of a text as a model sends them: small ones, of long texts larger ones. */
export function* piecesOf(text: string): Generator<string> {
  const size = text.length > 20_000 ? 8_000 : 24;
  for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}
