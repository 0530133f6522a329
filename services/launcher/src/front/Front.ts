import { once } from 'node:events';
import { Agent, createServer, ServerResponse, type IncomingMessage, type Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { Backends } from './Backends.ts';

export interface FrontOptions {
  host: string;
  port: number;
  /** The hubs' addresses on this machine. */
  hubs: readonly string[];
  log: Log;
}

const LOOK_EVERY_MS = 1_000;
const LOOK_WITHIN_MS = 2_000;
const AWAY = new AppError('not-ready', 'No hub answers right now. Try again in a moment.');

/** Gives each request a connection of its own, to a hub that takes it: no request is begun before that is known. */
class HubAgent extends Agent {
  readonly #backends: Backends;

  constructor(backends: Backends) {
    super({ keepAlive: false });
    this.#backends = backends;
  }

  override createConnection(
    _options: unknown,
    connected?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#backends.connect().then(
      (socket) => connected?.(null, socket),
      (error: unknown) => connected?.(error as Error, undefined as unknown as Duplex),
    );
  }
}

/**
 * One address for several hubs. Any hub serves any request and any socket, so nothing here is sticky: who loses a hub
 * comes back and finds another (L10). The hubs learn who asks by X-Forwarded-For.
 */
export class Front {
  readonly #server: Server;
  readonly #backends: Backends;
  readonly #sockets = new Set<Duplex>();

  private constructor(server: Server, backends: Backends) {
    this.#server = server;
    this.#backends = backends;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Resolves when it listens. */
  static async open({ host, port, hubs, log }: FrontOptions): Promise<Front> {
    const look = async (url: URL) => {
      const answer = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(LOOK_WITHIN_MS) });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`It says ${answer.status}`);
    };
    const backends = new Backends({ urls: hubs, look, everyMs: LOOK_EVERY_MS });
    const proxy = createProxyMiddleware({
      // Never dialled itself: the agent chooses.
      target: hubs[0] ?? 'http://127.0.0.1',
      agent: new HubAgent(backends),
      on: {
        error: (error, req, res) => {
          log.debug({ err: error, path: req.url }, 'no hub answered');
          refuse(res);
        },
      },
    });
    const server = createServer((req, res) => {
      sayWhoAsks(req);
      void proxy(req, res);
    });
    server.on('upgrade', (req, socket, head) => {
      sayWhoAsks(req);
      socket.on('error', () => socket.destroy());
      if (socket instanceof Socket) proxy.upgrade(req, socket, head);
      else socket.destroy();
    });
    const front = new Front(server, backends);
    server.listen(port, host);
    await once(server, 'listening');
    return front;
  }

  async close(): Promise<void> {
    this.#backends.close();
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await once(this.#server, 'close');
  }
}

/** Behind what is there: only the last address is one that we have seen ourselves. */
function sayWhoAsks({ headers, socket }: IncomingMessage): void {
  const before = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = [before ?? [], socket.remoteAddress ?? 'unknown'].flat().join(', ');
}

function refuse(res: ServerResponse | Duplex): void {
  if (!(res instanceof ServerResponse)) {
    res.end(`HTTP/1.1 ${AWAY.status} Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n\r\n`);
    return;
  }
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res.writeHead(AWAY.status, { 'Content-Type': 'application/json', 'Retry-After': '1' });
  res.end(JSON.stringify({ error: AWAY.body() }));
}
