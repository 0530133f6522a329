import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import type { Received } from './SessionProbe.ts';

interface Waiter {
  type: string;
  resolve: (event: Received) => void;
}

/** A bare WebSocket client that keeps what it got and can wait for an event. */
export class TestClient {
  readonly events: Received[] = [];
  readonly texts: string[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  #waiters: Waiter[] = [];
  #read = 0;

  constructor(url: string, options: ClientOptions = {}, protocols: string[] = []) {
    const headers = { Authorization: 'Bearer test', ...options.headers };
    this.socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, { ...options, headers });
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer) => this.#take(data.toString()));
    this.closed = once(this.socket, 'close').then(([code, reason]) => ({
      code: Number(code),
      reason: String(reason),
    }));
  }

  send(event: Record<string, unknown>): void {
    this.socket.send(JSON.stringify(event));
  }

  /** The next event of this type that was not waited for before. */
  next(type: string): Promise<Received> {
    for (; this.#read < this.events.length; this.#read += 1) {
      const event = this.events[this.#read];
      if (event?.type !== type) continue;
      this.#read += 1;
      return Promise.resolve(event);
    }
    return new Promise((resolve) => this.#waiters.push({ type, resolve }));
  }

  close(): void {
    this.socket.terminate();
  }

  #take(text: string): void {
    this.texts.push(text);
    let event: Received;
    try {
      event = JSON.parse(text) as Received;
    } catch {
      return;
    }
    this.events.push(event);
    const waiter = this.#waiters.find(({ type }) => type === event.type);
    if (!waiter) return;
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    this.#read = this.events.length;
    waiter.resolve(event);
  }
}

/** The answer to an upgrade that is refused: status, headers and JSON body. */
export async function refusedUpgrade(
  url: string,
  options: ClientOptions = {},
): Promise<{ status: number; headers: Record<string, unknown>; body: { error: Record<string, unknown> } }> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), options);
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(text) };
}
