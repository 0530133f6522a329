import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError, parseOrThrow, toErrorBody } from '@parley/contract';
import express, { Router } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { DeadEvents, SessionStore, Tokens } from '../session/ports.ts';
import { adminPage, loginPage } from './adminPage.ts';
import type { RateLimits } from './rateLimit.ts';
import { bearerOf } from './requests.ts';

export interface AdminOptions {
  tokens: Pick<Tokens, 'owner' | 'forAdmin' | 'admin'>;
  store: Pick<SessionStore, 'find'>;
  limits: RateLimits;
  /** Opens everything. */
  adminToken: string | undefined;
  /** The owner token of any live session opens it too: where all who own sessions are one household. */
  forOwners: boolean;
  /** To be put at `${ADMIN_PATH}/queues`. */
  dashboard: RequestHandler;
  deadEvents: DeadEvents;
}

export const ADMIN_PATH = '/api/admin';
const COOKIE = 'parley_admin';
/** The dashboard's own scripts and styles; nothing from elsewhere. */
const CONTENT_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'";
const Login = z.object({ token: z.string().min(1).max(2_048) });
const DeadQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/**
 * What concerns the server and not one session: the queues of the tools, and the events that could not be stored. Both
 * show words of every session, so they open for ADMIN_TOKEN alone, or where that is wanted for owners (H24). A browser
 * gives the token once and gets a cookie for it, as the dashboard's files are asked for without headers of ours.
 */
export function adminRoutes(options: AdminOptions): Router {
  const { tokens, limits, dashboard, deadEvents } = options;
  const router = Router();

  router.use((_req, res, next) => {
    res.set('Content-Security-Policy', CONTENT_POLICY);
    next();
  });

  router.get('/', async (req, res) => {
    const refusal = await refusalOf(req, options);
    if (refusal) res.status(refusal.status).send(loginPage(undefined));
    else res.send(adminPage);
  });

  router.post(
    '/login',
    limits.before('read'),
    express.urlencoded({ extended: false, limit: 8_192 }),
    async (req, res) => {
      try {
        const { token } = parseOrThrow(Login, (req.body as unknown) ?? {});
        const { session } = await whoseToken(token, options);
        setCookie(req, res, await tokens.forAdmin(session));
        res.redirect(303, `${ADMIN_PATH}/`);
      } catch (error) {
        const { code, message } = toErrorBody(error);
        if (code === 'bad-token') limits.guessed(req.ip ?? 'unknown');
        if (!(error instanceof AppError)) throw error;
        res.status(error.status).send(loginPage(message));
      }
    },
  );

  router.use(async (req, res, next) => {
    const refusal = await refusalOf(req, options);
    if (!refusal) next();
    else if (req.method === 'GET' && req.accepts(['json', 'html']) === 'html')
      res.redirect(303, `${ADMIN_PATH}/`);
    else throw refusal;
  });

  router.get('/dead-events', async (req, res) => {
    const { offset, limit } = parseOrThrow(DeadQuery, req.query);
    res.json(await deadEvents.page(offset, limit));
  });

  router.use('/queues', dashboard);
  return router;
}

/** Why this request may not see it, if so. */
async function refusalOf(req: Request, options: AdminOptions): Promise<AppError | undefined> {
  try {
    if (req.headers.authorization !== undefined) await whoseToken(bearerOf(req), options);
    else {
      const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w.-]+)`).exec(req.headers.cookie ?? '')?.[1];
      if (cookie === undefined) throw new AppError('bad-token', 'This needs the token of the server.');
      const { session } = await options.tokens.admin(cookie);
      if (session !== null) await checkOwner(session, options);
    }
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** What a token opens: everything, in the name of the server or of a session. Throws `bad-token`, `forbidden`. */
async function whoseToken(
  token: string,
  options: AdminOptions,
): Promise<{ session: Awaited<ReturnType<Tokens['owner']>>['sessionId'] | null }> {
  if (options.adminToken !== undefined && isSame(token, options.adminToken)) return { session: null };
  const { sessionId, participantId } = await options.tokens.owner(token);
  if (participantId !== null)
    throw new AppError('forbidden', 'This needs the owner token that came with the session, or ADMIN_TOKEN.');
  await checkOwner(sessionId, options);
  return { session: sessionId };
}

async function checkOwner(
  session: Parameters<SessionStore['find']>[0],
  { forOwners, store }: AdminOptions,
): Promise<void> {
  if (!forOwners)
    throw new AppError('forbidden', 'This server shows it for ADMIN_TOKEN only. See .env.example.');
  if (!(await store.find(session)))
    throw new AppError('forbidden', 'The session of this token has ended. Use that of a live one.');
}

/** Over plain HTTP, as at home, it can not be `Secure`. */
function setCookie(req: Request, res: Response, value: string): void {
  res.cookie(COOKIE, value, {
    httpOnly: true,
    sameSite: 'strict',
    secure: req.secure,
    path: ADMIN_PATH,
    maxAge: 8 * 3_600_000,
  });
}

function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
