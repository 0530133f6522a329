import { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';
import { MAX_MESSAGE, type ParleyMessage } from './messages.ts';

export interface SocketOptions {
  url: string;
  token: string | undefined;
  /** To open. */
  openMs: number;
  /** Between two pings; a ping without answer until the next ends the connection. */
  pingMs: number;
}

/** Why a connection ended. `refused`: trying again would not help. */
export interface SocketEnd {
  refused: boolean;
  reason: string;
}

interface SocketEvents {
  open: [];
  text: [text: string];
  end: [end: SocketEnd];
}

/** Codes by which a server says that it never will: protocol, data, policy, size (RFC 6455, 7.4.1). */
const NEVER = new Set([1002, 1003, 1007, 1008, 1009]);

/** One connection to a team: opens, is watched by pings, ends once (`end`, last). */
export class TeamSocket {
  readonly events = new EventEmitter<SocketEvents>();
  readonly #socket: WebSocket;
  readonly #timer: NodeJS.Timeout;
  #ended = false;
  #alive = true;
  #failure = '';

  constructor({ url, token, openMs, pingMs }: SocketOptions) {
    const socket = new WebSocket(url, {
      maxPayload: MAX_MESSAGE,
      handshakeTimeout: openMs,
      headers: token ? { Authorization: `Bearer ${token}` } : {},
    });
    this.#socket = socket;
    this.#timer = setInterval(() => this.#ping(), pingMs);
    socket.on('open', () => this.events.emit('open'));
    socket.on('pong', () => (this.#alive = true));
    socket.on('message', (data, binary) => {
      this.#alive = true;
      if (this.#ended) return;
      if (binary) this.#finish({ refused: true, reason: 'it sent bytes where text belongs' });
      else this.events.emit('text', (data as Buffer).toString('utf8'));
    });
    socket.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      const refused = status >= 400 && status < 500 && status !== 429 && status !== 408;
      this.#finish({ refused, reason: `it answered with status ${status}` });
    });
    socket.on('error', (error) => {
      this.#failure =
        'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'size' : error.message;
    });
    socket.on('close', (code, reason) => {
      const tooLong = this.#failure === 'size' || code === 1009;
      const words = reason.toString('utf8').slice(0, 200) || this.#failure || `code ${code}`;
      this.#finish({
        refused: tooLong || NEVER.has(code),
        reason: tooLong ? `it sent more than ${MAX_MESSAGE / 2 ** 20} MB at once` : words,
      });
    });
  }

  send(message: ParleyMessage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Ends it from our side; what was sent before still leaves. */
  close(): void {
    this.#finish({ refused: false, reason: 'closed' });
  }

  #finish(end: SocketEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#timer);
    this.#socket.close();
    setTimeout(() => this.#socket.terminate(), 1_000).unref(); // a team that does not answer the close
    this.events.emit('end', end);
  }

  #ping(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (!this.#alive) this.#finish({ refused: false, reason: 'it no longer answers' });
    this.#alive = false;
    this.#socket.ping();
  }
}
