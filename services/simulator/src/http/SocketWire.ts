import type { Log } from '@parley/kit/log';
import type { RawData, WebSocket } from 'ws';
import type { Wire } from './Connection.ts';

/** A client that does not read is cut off when this much waits for it. */
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;
const CLOSE_WITHIN_MS = 1_000;

/** Events on a WebSocket. Owns it. */
export class SocketWire implements Wire {
  readonly #socket: WebSocket;
  readonly #log: Log;

  constructor(socket: WebSocket, log: Log) {
    this.#socket = socket;
    this.#log = log;
    socket.on('error', (error) => log.warn({ err: error }, 'client socket failed'));
  }

  /** A binary frame is no event: it is handed on as the malformed JSON that it is. */
  listen({ message, closed }: { message: (text: string) => void; closed: (code: number) => void }): void {
    this.#socket.on('message', (data, isBinary) => {
      if (this.#socket.readyState === this.#socket.OPEN) message(isBinary ? '' : asText(data));
    });
    this.#socket.on('close', closed);
  }

  write(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#log.warn({ bufferedBytes: this.#socket.bufferedAmount }, 'client does not read, dropped');
      this.drop();
      return;
    }
    this.#socket.send(text);
  }

  drop(): void {
    this.#socket.terminate();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    const cut = setTimeout(() => this.#socket.terminate(), CLOSE_WITHIN_MS);
    this.#socket.once('close', () => clearTimeout(cut));
  }
}

function asText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}
