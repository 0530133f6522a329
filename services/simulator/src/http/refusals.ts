import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WireError } from '../protocol/ProtocolError.ts';

/** An HTTP request that the provider would not serve. The body is the provider's error form. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly error: WireError;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    error: { type?: string; code: string | null; message: string; param?: string | null },
    headers: Record<string, string> = {},
  ) {
    super(error.message);
    this.name = 'HttpRefusal';
    this.status = status;
    this.error = { type: 'invalid_request_error', param: null, ...error };
    this.headers = headers;
  }

  body(): { error: WireError } {
    return { error: this.error };
  }
}

/** Answers an upgrade request with an ordinary HTTP response and ends the connection. */
export function refuseUpgrade(socket: Duplex, refusal: HttpRefusal): void {
  const body = JSON.stringify(refusal.body());
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...refusal.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n${lines.join('')}\r\n${body}`,
  );
}
