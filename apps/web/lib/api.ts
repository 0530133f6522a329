import {
  AddedParticipant,
  AppError,
  CreatedSession,
  ErrorReply,
  EventPage,
  SessionPage,
  SessionView,
  type AddParticipant,
  type CreateSession,
  type EventData,
  type ExportFormat,
  type JobId,
  type SessionEvent,
  type SessionId,
} from '@parley/contract';
import type { z } from 'zod';
import { Unreachable } from './problem.ts';

const DEADLINE_MS = 15_000;

interface Call {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  /** Sent as bearer in a header, never in an address. */
  token?: string | null;
  signal?: AbortSignal | undefined;
}

async function send(path: string, call: Call): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' });
  if (call.body !== undefined) headers.set('content-type', 'application/json');
  if (call.token) headers.set('authorization', `Bearer ${call.token}`);
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    return await fetch(path, {
      method: call.method ?? 'GET',
      headers,
      cache: 'no-store',
      signal: call.signal === undefined ? deadline : AbortSignal.any([call.signal, deadline]),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  } catch (error) {
    throw new Unreachable({ cause: error });
  }
}

/** The hub's JSON error, or a plain word for what stands between (a proxy's own page, an empty answer). */
async function failureOf(response: Response): Promise<Error> {
  const parsed = ErrorReply.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return new AppError(parsed.data.error.code, parsed.data.error.message);
  if (response.status === 404) return new AppError('not-found', 'The server does not know this address.');
  if (response.status === 429) return new AppError('rate-limited', 'Too many requests.');
  return new Unreachable();
}

async function request<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  call: Call = {},
): Promise<z.output<Schema>> {
  const response = await send(path, call);
  if (!response.ok) throw await failureOf(response);
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new AppError('protocol-mismatch', 'The server answered in a way this page does not understand.', {
    cause: parsed.error,
  });
}

const sessionPath = (id: SessionId) => `/api/sessions/${id}`;

/** One page of sessions, the live ones first. */
export const listSessions = (signal?: AbortSignal, cursor?: string | null) =>
  request(`/api/sessions${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`, SessionPage, { signal });

export const createSession = (settings: CreateSession) =>
  request('/api/sessions', CreatedSession, { method: 'POST', body: settings });

export const getSession = (id: SessionId, signal?: AbortSignal) =>
  request(sessionPath(id), SessionView, { signal });

export const addParticipant = (id: SessionId, body: AddParticipant, ownerToken: string | null) =>
  request(`${sessionPath(id)}/participants`, AddedParticipant, { method: 'POST', body, token: ownerToken });

/** Every event of a session in order. Throws AppError or Unreachable. */
export async function listEvents(
  id: SessionId,
  token: string | null,
  signal?: AbortSignal,
): Promise<SessionEvent[]> {
  const events: SessionEvent[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const page: EventPage = await request(`${sessionPath(id)}/events?after=${after}&limit=1000`, EventPage, {
      token,
      signal,
    });
    events.push(...page.events);
    // A cursor that does not advance would go round for ever.
    after = page.nextAfter !== null && page.nextAfter > after ? page.nextAfter : null;
  }
  return events;
}

/** A session's timeline as a file. */
export async function getExport(id: SessionId, format: ExportFormat, token: string | null): Promise<Blob> {
  const response = await send(`${sessionPath(id)}/export?format=${format}`, { token });
  if (!response.ok) throw await failureOf(response);
  return response.blob();
}

export type Artifact = EventData<'job:finished'>['artifacts'][number];

/** What a job has brought, whole. Kept for 7 days. */
export async function getArtifact(
  id: SessionId,
  job: JobId,
  artifact: Artifact,
  token: string | null,
): Promise<Blob> {
  const response = await send(`${sessionPath(id)}/jobs/${job}/${artifact}`, { token });
  if (!response.ok) throw await failureOf(response);
  return response.blob();
}
