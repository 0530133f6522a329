import { z } from 'zod';
import { LinkRefused } from '../room/ports.ts';

const ErrorBody = z.object({ error: z.object({ message: z.string(), code: z.string().nullish() }) });

/** Keys turn up in providers' own messages ("Incorrect API key provided: sk-…"). Nobody needs to read them. */
export const withoutKeys = (text: string): string => text.replaceAll(/\b(sk|ek)[-_][\w*.-]+/g, '[key]');

const WORDS: Readonly<Record<number, string>> = {
  401: 'does not accept the API key. Check OPENAI_API_KEY.',
  403: 'does not allow this. Check the rights of OPENAI_API_KEY and the region.',
  404: 'does not know this model or address. Check REALTIME_MODEL and OPENAI_BASE_URL.',
  429: 'has no capacity left for this key: too many requests, or the credit is used up.',
};

/** The server answered the WebSocket handshake with an HTTP error. `body` is what it sent, possibly cut. */
export function refusedByStatus(host: string, status: number, body: string): LinkRefused {
  const detail = readDetail(body);
  const words = WORDS[status] ?? `answered with HTTP ${status} instead of a connection.`;
  return new LinkRefused(
    `The voice provider ${host} ${words}${detail ? ` It says: ${detail.message}` : ''}`,
    {
      hopeless: [401, 403, 404].includes(status) || detail?.code === 'insufficient_quota',
      cause: { status, body: withoutKeys(body) },
    },
  );
}

/** The server took the connection, but not our settings. `param` is the path of the field that it dislikes. */
export function refusedSettings(host: string, message: string, param?: string | null): LinkRefused {
  const hint = param?.includes('transcription') ? ' Check TRANSCRIPTION_MODEL.' : '';
  return new LinkRefused(`The voice provider ${host} refused the session: ${withoutKeys(message)}${hint}`, {
    hopeless: true,
  });
}

const NETWORK: Readonly<Record<string, string>> = {
  ENOTFOUND: 'has no address in DNS',
  EAI_AGAIN: 'could not be looked up in DNS',
  ECONNREFUSED: 'refuses connections',
  ETIMEDOUT: 'did not answer',
  ECONNRESET: 'hung up',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
};

export function refusedByNetwork(host: string, cause: Error): LinkRefused {
  const code = z.object({ code: z.string() }).safeParse(cause);
  const words = (code.success ? NETWORK[code.data.code] : undefined) ?? `failed (${cause.message})`;
  return new LinkRefused(
    `The voice provider ${host} ${words}. Check the network of this server and OPENAI_BASE_URL.`,
    { hopeless: false, cause },
  );
}

export function refusedByTime(host: string, withinMs: number): LinkRefused {
  return new LinkRefused(`The voice provider ${host} did not answer within ${withinMs / 1000} s.`, {
    hopeless: false,
  });
}

function readDetail(body: string): { message: string; code?: string | null | undefined } | undefined {
  try {
    const { error } = ErrorBody.parse(JSON.parse(body));
    return { message: withoutKeys(error.message).slice(0, 300), code: error.code };
  } catch {
    return undefined;
  }
}
