import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Log } from './log.ts';

export interface HealthServerOptions {
  /** 0 takes any free port. */
  port: number;
  /** 127.0.0.1 unless told otherwise. */
  host?: string;
  /** What is not well, in words; undefined when all is. */
  trouble: () => string | undefined;
  /** Why it can not work just now though nothing is broken; undefined when it can. `/readyz` tells both. */
  unready?: () => string | undefined;
  metrics: { contentType: string; metrics(): Promise<string> };
  log: Log;
}

/** `/healthz`, `/readyz` and `/metrics` for operators, without any check of who asks. */
export class HealthServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open({
    port,
    host = '127.0.0.1',
    trouble,
    unready,
    metrics,
    log,
  }: HealthServerOptions): Promise<HealthServer> {
    const server = createServer((request, response) => {
      const reply = (status: number, type: string, body: string) =>
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
      const path = (request.url ?? '/').split('?')[0];
      if (request.method !== 'GET') reply(405, 'text/plain', 'GET only\n');
      else if (path === '/healthz' || path === '/readyz') {
        const words = trouble() ?? (path === '/readyz' ? unready?.() : undefined);
        reply(
          words ? 503 : 200,
          'application/json',
          JSON.stringify(words ? { ok: false, trouble: words } : { ok: true }),
        );
      } else if (path === '/metrics')
        metrics.metrics().then(
          (text) => reply(200, metrics.contentType, text),
          (error: unknown) => {
            log.error({ err: error }, 'metrics failed');
            reply(500, 'text/plain', 'metrics failed\n');
          },
        );
      else reply(404, 'text/plain', 'Only /healthz, /readyz and /metrics are here\n');
    });
    server.listen(port, host);
    await once(server, 'listening');
    const health = new HealthServer(server);
    log.info({ host, port: health.port }, 'metrics can be read');
    return health;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
