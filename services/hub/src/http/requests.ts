import { AppError, ParticipantId, parseOrThrow, readSessionId } from '@parley/contract';
import type { SessionId } from '@parley/contract';
import type { Request } from 'express';
import type { z } from 'zod';

/** The session of the path, however a person typed it. Throws `session-not-found`. */
export function sessionIdOf(req: Request): SessionId {
  const typed = req.params.id;
  const id = typeof typed === 'string' ? readSessionId(typed) : undefined;
  if (id) return id;
  throw new AppError('session-not-found', 'There is no such session. A session ID looks like k7fm-2xqd.');
}

/** The participant of the path. Throws `participant-not-found`. */
export function participantIdOf(req: Request): ParticipantId {
  const id = ParticipantId.safeParse(req.params.participantId);
  if (id.success) return id.data;
  throw new AppError('participant-not-found', 'There is no such participant.');
}

/** The JSON body, parsed. No body at all counts as `{}`. Throws `bad-request`. */
export function bodyOf<Schema extends z.ZodType>(req: Request, schema: Schema): z.output<Schema> {
  const sent = req.headers['content-length'] ?? req.headers['transfer-encoding'] ?? '0';
  if (req.body === undefined && sent !== '0')
    throw new AppError('bad-request', 'Send JSON, with the header content-type: application/json.');
  return parseOrThrow(schema, (req.body as unknown) ?? {});
}

/** The token of `Authorization: Bearer …` (RFC 6750). Throws `bad-token`. */
export function bearerOf(req: Request): string {
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(req.headers.authorization ?? '')?.[1];
  if (token) return token;
  throw new AppError('bad-token', 'This needs a token of the session as bearer.');
}
