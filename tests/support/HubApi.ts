import {
  AddedParticipant,
  BridgeAnswer,
  CreatedSession,
  ErrorReply,
  EventPage,
  LegacySessionReply,
  SessionPage,
  SessionView,
  type ErrorCode,
  type ExportFormat,
  SessionId,
  type SessionEvent,
} from '@parley/contract';
import { JwtTokens } from '@parley/hub/Tokens';
import type { z } from 'zod';

/** An answer of the hub that is not 2xx, already checked to be an `ErrorReply` with the status of its code. */
export class HubError extends Error {
  readonly status: number;
  readonly code: ErrorCode;
  constructor(status: number, code: ErrorCode, message: string) {
    super(`${status} ${code}: ${message}`);
    this.name = 'HubError';
    this.status = status;
    this.code = code;
  }
}

/** What every hub of a test signs its tokens with. */
export const TEST_SECRET = 'only for tests, and long enough for HS256';
const tokens = new JwtTokens(TEST_SECRET);

/** The hub's REST calls with every answer checked against the contract. It reads as the owner of every session. */
export class HubApi {
  readonly url: string;
  constructor(url: string) {
    this.url = url;
  }

  createSession(settings: object = {}) {
    return this.#call(CreatedSession, '/api/sessions', { method: 'POST', json: settings });
  }
  sessions(query = '') {
    return this.#call(SessionPage, `/api/sessions${query}`);
  }
  session(id: SessionId) {
    return this.#call(SessionView, `/api/sessions/${id}`);
  }
  addParticipant(id: SessionId, name: string, { role, token }: { role?: string; token?: string } = {}) {
    const json = { name, ...(role && { role }) };
    return this.#call(AddedParticipant, `/api/sessions/${id}/participants`, { method: 'POST', json, token });
  }
  /** By its owner, whoever that is, unless another token is given. */
  async endSession(id: SessionId, token?: string) {
    const by = token ?? (await tokens.forOwner(id));
    return this.raw(`/api/sessions/${id}`, { method: 'DELETE', token: by });
  }
  /** As the owner: changes what is given of how the assistant takes part. */
  async configure(id: SessionId, conversation: object): Promise<void> {
    const token = await tokens.forOwner(id);
    const response = await this.raw(`/api/sessions/${id}`, {
      method: 'PATCH',
      json: { conversation },
      token,
    });
    if (!response.ok) throw await asHubError(response);
  }
  legacySession(json: object) {
    return this.#call(LegacySessionReply, '/api/realtime/session', { method: 'POST', json });
  }
  bridge(json: object) {
    return this.#call(BridgeAnswer, '/api/realtime/webrtc/bridge', { method: 'POST', json });
  }

  /** All events, page by page. */
  async events(id: SessionId, query: Record<string, string> = {}): Promise<SessionEvent[]> {
    const events: SessionEvent[] = [];
    for (let after: number | null = 0; after !== null;) {
      const search = new URLSearchParams({ ...query, after: String(after) });
      const page: z.infer<typeof EventPage> = await this.#call(
        EventPage,
        `/api/sessions/${id}/events?${search.toString()}`,
      );
      events.push(...page.events);
      after = page.nextAfter;
    }
    return events;
  }

  async export(id: SessionId, format: ExportFormat): Promise<{ type: string; text: string }> {
    const response = await this.raw(`/api/sessions/${id}/export?format=${format}`);
    if (!response.ok) throw await asHubError(response);
    return { type: response.headers.get('content-type') ?? '', text: await response.text() };
  }

  /** Any request, whatever comes back. */
  async raw(path: string, request: RawRequest = {}): Promise<Response> {
    const { method = 'GET', json, body, headers = {} } = request;
    const { token = method === 'GET' ? await readerToken(path) : undefined } = request;
    return fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: json === undefined ? body : JSON.stringify(json),
      signal: AbortSignal.timeout(60_000),
    });
  }

  async #call<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    request?: RawRequest,
  ): Promise<z.output<Schema>> {
    const response = await this.raw(path, request);
    if (!response.ok) throw await asHubError(response);
    return schema.parse(await response.json());
  }
}

export interface RawRequest {
  method?: string;
  json?: unknown;
  body?: RequestInit['body'];
  /** null: none, also where reading needs one. */
  token?: string | null | undefined;
  headers?: Record<string, string>;
}

async function readerToken(path: string): Promise<string | undefined> {
  const id = SessionId.safeParse(/^\/api\/sessions\/([^/?]+)/.exec(path)?.[1]);
  return id.success ? tokens.forOwner(id.data) : undefined;
}

/** Fails when the answer is not an error of the contract: every error of every edge must be one. */
export async function asHubError(response: Response): Promise<HubError> {
  const text = await response.text();
  const parsed = ErrorReply.safeParse(safeJson(text));
  if (!parsed.success)
    throw new Error(
      `${response.url} answered ${response.status} with no error of ours: ${text.slice(0, 300)}`,
    );
  return new HubError(response.status, parsed.data.error.code, parsed.data.error.message);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
