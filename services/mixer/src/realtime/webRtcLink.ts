import { z } from 'zod';
import type { Codec } from '../audio/codec.ts';
import { type LinkFactory, LinkRefused, type LinkSettings, type RealtimeLink } from '../room/ports.ts';
import { CallLink } from './CallLink.ts';
import { CallSocket } from './CallSocket.ts';
import type { PacerCounts } from './Pacer.ts';
import { refusedByNetwork, refusedByStatus, refusedByTime } from './refusals.ts';
import type { WebSocketLinkOptions } from './webSocketLink.ts';

/** From the first request until the provider has taken the settings. */
const CONNECT_WITHIN_MS = 10_000;
const MAX_REFUSAL_CHARACTERS = 4_096;
const LOOPBACK = /^(localhost|127\.|\[::1\])/;

export interface WebRtcLinkOptions extends WebSocketLinkOptions {
  codec: Codec;
  /** Counts for all links. */
  pacing?: PacerCounts;
}

const Secret = z.object({ value: z.string().min(1) });

/** Links to a Realtime provider by WebRTC: an ephemeral key, an offer to `/realtime/calls`, events on `oai-events`. */
export function webRtcLinks(options: WebRtcLinkOptions): LinkFactory {
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
  options: WebRtcLinkOptions,
  settings: LinkSettings,
  signal: AbortSignal,
): Promise<RealtimeLink> {
  const { clock, log, transcriptionModel, model, apiKey, codec, pacing } = options;
  const url = httpUrl(options.baseUrl);
  const socket = new CallSocket(clock, LOOPBACK.test(url.hostname));
  const abort = () => socket.terminate();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const session = JSON.stringify({ session: { type: 'realtime', model } });
    const secret = await post(new URL(`${url.href}/realtime/client_secrets`), {
      key: apiKey,
      type: 'application/json',
      body: session,
      signal,
    });
    const { value: key } = readSecret(url.host, secret);
    const answer = await post(new URL(`${url.href}/realtime/calls`), {
      key,
      type: 'application/sdp',
      body: await socket.offer(),
      signal,
    });
    // Made before the channel opens: the server's first words may be the reason why it hangs up.
    const link = new CallLink({ socket, host: url.host, transcriptionModel, clock, log, codec, pacing });
    try {
      await opened(socket, url.host, answer);
      await link.begin(settings);
      return link;
    } catch (error) {
      link.close('It was never ready.');
      throw error;
    }
  } catch (error) {
    socket.terminate();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function opened(socket: CallSocket, host: string, answer: string): Promise<void> {
  try {
    await socket.accept(answer);
  } catch (cause) {
    throw new LinkRefused(
      `The voice provider ${host} cannot be reached by WebRTC. Check that UDP leaves this server, or set PROVIDER_TRANSPORT=websocket.`,
      { hopeless: false, cause },
    );
  }
}

/** The body of a good answer. Rejects with LinkRefused, or with the signal's reason. */
async function post(
  url: URL,
  { key, type, body, signal }: { key: string; type: string; body: string; signal: AbortSignal },
): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': type },
      body,
      signal,
      redirect: 'error',
    });
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    // fetch hides what happened in its cause.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw refusedByNetwork(url.host, cause instanceof Error ? cause : new Error('unknown', { cause }));
  }
  if (response.ok) return text;
  throw refusedByStatus(url.host, response.status, text.slice(0, MAX_REFUSAL_CHARACTERS));
}

function readSecret(host: string, text: string): z.output<typeof Secret> {
  try {
    return Secret.parse(JSON.parse(text));
  } catch (cause) {
    throw new LinkRefused(`The voice provider ${host} gave no ephemeral key.`, { hopeless: true, cause });
  }
}

/** Without a slash at its end. */
function httpUrl(baseUrl: string): URL {
  const url = new URL(baseUrl);
  url.protocol = url.protocol === 'http:' || url.protocol === 'ws:' ? 'http:' : 'https:';
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}
