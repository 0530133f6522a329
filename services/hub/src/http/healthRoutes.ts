import { Router } from 'express';

export interface Check {
  ok: boolean;
  /** For a person: what is there, or what is wrong and what to do. */
  message: string;
}

export interface HealthOptions {
  /** What the hub cannot work without, by name. A check must settle within a few seconds. */
  checks: Readonly<Record<string, () => Promise<Check>>>;
  scrape: () => Promise<{ text: string; type: string }>;
}

/** For whoever watches the process: is it alive, can it work, what has it counted. */
export function healthRoutes({ checks, scrape }: HealthOptions): Router {
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

  router.get('/metrics', async (_req, res) => {
    const { text, type } = await scrape();
    res.set('Content-Type', type).send(text);
  });

  return router;
}

const words = (error: unknown) => (error instanceof Error ? error.message : 'does not answer.');
