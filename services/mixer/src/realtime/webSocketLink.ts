import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { Log } from '@parley/kit/log';
import { WebSocket } from 'ws';
import type { Clock, LinkFactory, LinkSettings, RealtimeLink } from '../room/ports.ts';
import { refusedByNetwork, refusedByStatus, refusedByTime } from './refusals.ts';
import { SocketLink } from './SocketLink.ts';

/** From the first packet until the provider has taken the settings. */
const CONNECT_WITHIN_MS = 10_000;
/** A message of the provider is far below: 1 s of reply audio is 64 kB. */
const MAX_MESSAGE_BYTES = 4_194_304;
const MAX_REFUSAL_BYTES = 4_096;
const KEEP_ALIVE_MS = 30_000;

export interface WebSocketLinkOptions {
  /** `https://api.openai.com/v1` or a compatible server's; http gives ws. */
  baseUrl: string;
  apiKey: string;
  model: string;
  transcriptionModel: string;
  clock: Clock;
  log: Log;
}

/** Links to a Realtime provider by WebSocket (GA protocol: `/realtime?model=…`, no beta header). */
export function webSocketLinks(options: WebSocketLinkOptions): LinkFactory {
  return async (settings, signal) => {
    signal.throwIfAborted();
    const giveUp = new AbortController();
    const { host } = new URL(options.baseUrl);
    const late = options.clock.after(CONNECT_WITHIN_MS, () =>
      giveUp.abort(refusedByTime(host, CONNECT_WITHIN_MS)),
    );
    try {
      return await connect(options, settings, AbortSignal.any([signal, giveUp.signal]));
    } finally {
      late();
    }
  };
}

async function connect(
  options: WebSocketLinkOptions,
  settings: LinkSettings,
  signal: AbortSignal,
): Promise<RealtimeLink> {
  const { clock, log, transcriptionModel } = options;
  const url = realtimeUrl(options.baseUrl, options.model);
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${options.apiKey}` },
    maxPayload: MAX_MESSAGE_BYTES,
    // Base64 of speech hardly shrinks, and deflate would cost more CPU than the whole link.
    perMessageDeflate: false,
  });
  const abort = () => socket.terminate();
  signal.addEventListener('abort', abort, { once: true });
  try {
    // Made in the very moment the socket opens: the server's first words may be the reason why it hangs up.
    const link = await opened(
      socket,
      url.host,
      () => new SocketLink({ socket, host: url.host, transcriptionModel, clock, log }),
    );
    await link.begin(settings);
    return link;
  } catch (error) {
    socket.terminate();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Rejects with LinkRefused. Later errors of the socket are its next owner's. */
function opened<Link>(socket: WebSocket, host: string, make: () => Link): Promise<Link> {
  socket.once('upgrade', (response) => response.socket.setKeepAlive(true, KEEP_ALIVE_MS));
  const { promise, resolve, reject } = Promise.withResolvers<Link>();
  const failed = (error: Error) => reject(refusedByNetwork(host, error));
  socket.once('open', () => {
    socket.off('error', failed);
    resolve(make());
  });
  socket.on('error', failed);
  socket.once('unexpected-response', (_request, response) => {
    readSome(response).then((body) => reject(refusedByStatus(host, response.statusCode ?? 0, body)), failed);
  });
  return promise;
}

async function readSome(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_REFUSAL_BYTES) response.destroy();
  });
  await once(response, 'close');
  return Buffer.concat(chunks).subarray(0, MAX_REFUSAL_BYTES).toString('utf8');
}

export function realtimeUrl(baseUrl: string, model: string): URL {
  const url = new URL(baseUrl);
  url.protocol = url.protocol === 'http:' || url.protocol === 'ws:' ? 'ws:' : 'wss:';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/realtime`;
  url.searchParams.set('model', model);
  return url;
}
