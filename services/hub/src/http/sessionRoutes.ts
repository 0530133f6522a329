import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import {
  AddParticipant,
  AppError,
  ConfigureSession,
  CreateSession,
  EventQuery,
  ExportFormat,
  parseOrThrow,
} from '@parley/contract';
import type { AddedParticipant, CreatedSession, IceServer, SessionId } from '@parley/contract';
import { Router } from 'express';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { Directory } from '../session/Directory.ts';
import { CONTENT_TYPE, exportSession } from '../session/export/formats.ts';
import type { History } from '../session/History.ts';
import type { Membership } from '../session/Membership.ts';
import type { Tokens } from '../session/ports.ts';
import type { Sessions } from '../session/Sessions.ts';
import { bearerOf, bodyOf, sessionIdOf } from './requests.ts';

export interface ApiOptions {
  sessions: Sessions;
  membership: Membership;
  directory: Directory;
  history: History;
  tokens: Tokens;
  iceServers: readonly IceServer[];
  /** Where a person finds the page, e.g. `https://parley.example`. */
  publicUrl: (req: Request) => string;
  limit: (what: string) => RequestHandler;
}

const ListQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
const ExportQuery = z.object({ format: ExportFormat.default('json') });

/** `/api/sessions` and what is below it. */
export function sessionRoutes(options: ApiOptions): Router {
  const { sessions, membership, directory, history, tokens, limit } = options;
  const router = Router();

  const checkOwner = async (req: Request, id: SessionId) => {
    if ((await tokens.owner(bearerOf(req))) !== id)
      throw new AppError('forbidden', 'This token belongs to another session.');
  };

  router.post('/', limit('create'), async (req, res) => {
    const session = await sessions.create(bodyOf(req, CreateSession));
    const created: CreatedSession = {
      session: await directory.view(session.id),
      joinUrl: `${options.publicUrl(req)}/s/${session.id}`,
      ownerToken: await tokens.forOwner(session.id),
    };
    res.status(201).location(`/api/sessions/${session.id}`).json(created);
  });

  router.get('/', async (req, res) => {
    const query = parseOrThrow(ListQuery, req.query);
    res.json(await directory.page(query.cursor, query.limit));
  });

  router.get('/:id', async (req, res) => {
    res.json(await directory.detailed(sessionIdOf(req)));
  });

  router.patch('/:id', limit('configure'), async (req, res) => {
    const id = sessionIdOf(req);
    await checkOwner(req, id);
    await sessions.configure(id, bodyOf(req, ConfigureSession).conversation, null);
    res.json(await directory.view(id));
  });

  router.delete('/:id', async (req, res) => {
    const id = sessionIdOf(req);
    await checkOwner(req, id);
    await sessions.endOrRefuse(id, 'ended-by-owner');
    await history.settled(id);
    res.status(204).end();
  });

  router.post('/:id/participants', limit('join'), async (req, res) => {
    const id = sessionIdOf(req);
    const { name, role = 'speaker' } = bodyOf(req, AddParticipant);
    if (role === 'owner') await checkOwner(req, id);
    const seat = await membership.reserve(id, name, role);
    const added: AddedParticipant = {
      participantId: seat.id,
      token: await tokens.forParticipant({ sessionId: id, participantId: seat.id, role, name: seat.name }),
      role,
      iceServers: [...options.iceServers],
    };
    res.status(201).json(added);
  });

  router.get('/:id/events', async (req, res) => {
    const id = sessionIdOf(req);
    const { after, type, limit: count } = parseOrThrow(EventQuery, req.query);
    const page = await history.page(id, { after, types: type, limit: count });
    if (page.events.length === 0) await directory.view(id);
    res.json(page);
  });

  router.get('/:id/export', async (req, res) => {
    const id = sessionIdOf(req);
    const { format } = parseOrThrow(ExportQuery, req.query);
    const pieces = exportSession(format, await directory.view(id), history.all(id));
    // Begun before the headers leave, so that a failure can still be told.
    const first = await pieces.next();
    res.type(CONTENT_TYPE[format]);
    res.attachment(`parley-${id}.${format}`);
    res.set('Content-Type', CONTENT_TYPE[format]);
    if (first.done !== true) res.write(first.value);
    await pipeline(Readable.from(pieces), res);
  });

  return router;
}
