import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '@parley/contract';
import { Router } from 'express';
import type { Request } from 'express';

export interface Check {
  ok: boolean;
  /** For a person: what is there, or what is wrong and what to do. */
  message: string;
}

export interface HealthOptions {
  /** What the hub cannot work without, by name. A check must settle within a few seconds. */
  checks: Readonly<Record<string, () => Promise<Check>>>;
  scrape: () => Promise<{ text: string; type: string }>;
  /** Lets other machines read the metrics; without it this one alone does. */
  metricsToken: string | undefined;
}

/** For whoever watches the process: is it alive, can it work, what has it counted. */
export function healthRoutes({ checks, scrape, metricsToken }: HealthOptions): Router {
  const router = Router();

  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });

  router.get('/readyz', async (_req, res) => {
    const run = async ([name, check]: [string, () => Promise<Check>]): Promise<[string, Check]> => [
      name,
      await check().catch((error: unknown) => ({ ok: false, message: words(error) })),
    ];
    const results = await Promise.all(Object.entries(checks).map(run));
    const failed = results.filter(([, { ok }]) => !ok);
    const message = failed.map(([name, check]) => `${name}: ${check.message}`).join(' ');
    res.status(failed.length > 0 ? 503 : 200).json({
      status: failed.length > 0 ? 'not-ready' : 'ready',
      checks: Object.fromEntries(results),
      ...(failed.length > 0 ? { error: { code: 'not-ready', message } } : {}),
    });
  });

  router.get('/metrics', async (req, res) => {
    if (!isLoopback(req.ip) && !isSame(bearerIn(req), metricsToken))
      throw new AppError('forbidden', 'Metrics are read on this machine, or with METRICS_TOKEN as bearer.');
    const { text, type } = await scrape();
    res.set('Content-Type', type).send(text);
  });

  return router;
}

/** As the proxies that are believed tell it. */
const isLoopback = (address: string | undefined) =>
  address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);

const bearerIn = (req: Request) => /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1];

/** How long it takes says nothing about how much of it was right. */
function isSame(given: string | undefined, wanted: string | undefined): boolean {
  if (given === undefined || wanted === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

const words = (error: unknown) => (error instanceof Error ? error.message : 'does not answer.');
