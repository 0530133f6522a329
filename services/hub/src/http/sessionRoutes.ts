import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import {
  AddParticipant,
  AddRtpParticipant,
  ChangeParticipant,
  ConfigureSession,
  CreateSession,
  EventQuery,
  ExportFormat,
  parseOrThrow,
} from '@parley/contract';
import type {
  AddedParticipant,
  AddedRtpParticipant,
  CreatedSession,
  IceServer,
  ParticipantId,
  SessionId,
} from '@parley/contract';
import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import type { Directory } from '../session/Directory.ts';
import { CONTENT_TYPE, exportSession } from '../session/export/formats.ts';
import type { History } from '../session/History.ts';
import type { Membership } from '../session/Membership.ts';
import type { Moderation } from '../session/Moderation.ts';
import type { Tokens } from '../session/ports.ts';
import type { Rights } from '../session/Rights.ts';
import type { Sessions } from '../session/Sessions.ts';
import { publicView } from '../session/views.ts';
import type { RateLimits } from './rateLimit.ts';
import { bearerOf, bodyOf, participantIdOf, sessionIdOf } from './requests.ts';

export interface ApiOptions {
  sessions: Sessions;
  membership: Membership;
  moderation: Moderation;
  rights: Rights;
  directory: Directory;
  history: History;
  tokens: Tokens;
  iceServers: (participant: ParticipantId) => IceServer[];
  /** Where a person finds the page, e.g. `https://parley.example`. */
  publicUrl: (req: Request) => string;
  limits: RateLimits;
  /** Everybody may read what was said in every session. */
  publicHistory: boolean;
}

const ListQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
const ExportQuery = z.object({ format: ExportFormat.default('json') });

/** `/api/sessions` and what is below it. */
export function sessionRoutes(options: ApiOptions): Router {
  const { sessions, membership, moderation, rights, directory, history, tokens, limits } = options;
  const router = Router();

  const ownerOf = (req: Request, id: SessionId) => rights.owner(bearerOf(req), id);
  const checkReader = async (req: Request, id: SessionId) => {
    if (!options.publicHistory) await rights.reader(bearerOf(req), id);
  };

  router.post('/', limits.before('create'), async (req, res) => {
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
    const { sessions: listed, nextCursor } = await directory.page(query.cursor, query.limit);
    res.json({ sessions: listed.map(publicView), nextCursor });
  });

  router.get('/:id', async (req, res) => {
    const id = sessionIdOf(req);
    if (req.headers.authorization === undefined) {
      res.json(publicView(await directory.view(id)));
      return;
    }
    await rights.reader(bearerOf(req), id);
    res.json(await directory.detailed(id));
  });

  router.patch('/:id', limits.before('configure'), async (req, res) => {
    const id = sessionIdOf(req);
    const by = await ownerOf(req, id);
    const { conversation, locked } = bodyOf(req, ConfigureSession);
    if (locked !== undefined) await moderation.lock(id, locked, by);
    if (conversation) await sessions.configure(id, conversation, by);
    res.json(await directory.view(id));
  });

  router.delete('/:id', async (req, res) => {
    const id = sessionIdOf(req);
    await ownerOf(req, id);
    await sessions.endOrRefuse(id, 'ended-by-owner');
    await history.settled(id);
    res.status(204).end();
  });

  router.post('/:id/participants', limits.before('join'), async (req, res) => {
    const id = sessionIdOf(req);
    const { name, role = 'speaker' } = bodyOf(req, AddParticipant);
    if (role === 'owner') await ownerOf(req, id);
    const seat = await membership.reserve(id, name, role);
    const claims = { sessionId: id, participantId: seat.id, role, name: seat.name };
    const added: AddedParticipant = {
      participantId: seat.id,
      token: await tokens.forParticipant(claims),
      historyToken: await tokens.forHistory(claims),
      role,
      iceServers: options.iceServers(seat.id),
    };
    res.status(201).json(added);
  });

  router.post('/:id/rtp', limits.before('join'), async (req, res) => {
    const id = sessionIdOf(req);
    await ownerOf(req, id);
    const { name, ...wishes } = bodyOf(req, AddRtpParticipant);
    const added: AddedRtpParticipant = await membership.joinRtp(id, name, wishes);
    res.status(201).json(added);
  });

  router.patch('/:id/participants/:participantId', limits.before('configure'), async (req, res) => {
    const id = sessionIdOf(req);
    const by = await ownerOf(req, id);
    const { silenced } = bodyOf(req, ChangeParticipant);
    await moderation.silence(id, participantIdOf(req), silenced, by);
    res.json({ silenced });
  });

  router.delete('/:id/participants/:participantId', limits.before('configure'), async (req, res) => {
    const id = sessionIdOf(req);
    await moderation.remove(id, participantIdOf(req), await ownerOf(req, id));
    res.status(204).end();
  });

  router.get('/:id/events', limits.before('read'), async (req, res) => {
    const id = sessionIdOf(req);
    await checkReader(req, id);
    const { after, type, limit: count } = parseOrThrow(EventQuery, req.query);
    const page = await history.page(id, { after, types: type, limit: count });
    if (page.events.length === 0) await directory.view(id);
    res.json(page);
  });

  router.get('/:id/export', limits.before('read'), async (req, res) => {
    const id = sessionIdOf(req);
    await checkReader(req, id);
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
