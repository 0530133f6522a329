import type { IncomingMessage, ServerResponse } from 'node:http';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Queue } from 'bullmq';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** The standard dashboard of BullMQ, to be put at `basePath`. It shows and does nothing: the tools look after their queues. */
export function createDashboard(queues: readonly Queue[], basePath: string): Handler {
  const server = new ExpressAdapter();
  server.setBasePath(basePath);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    // The adapter's own copy of the same interface, of another patch version.
    serverAdapter: server as unknown as Parameters<typeof createBullBoard>[0]['serverAdapter'],
    options: { uiConfig: { boardTitle: 'Parley: queues' } },
  });
  return server.getRouter() as Handler;
}
