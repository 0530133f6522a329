import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '@parley/kit/log';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Inspector } from '../inspect/Inspector.ts';
import { newId } from '../protocol/ids.ts';
import type { Calls } from '../webrtc/Calls.ts';
import type { Admission, Admitted } from './Admission.ts';
import { keyOf } from './auth.ts';
import { toRefusal } from './ClientSecrets.ts';
import { Connection } from './Connection.ts';
import { refuseUpgrade } from './refusals.ts';
import { SocketWire } from './SocketWire.ts';
import { readTarget } from './target.ts';

/** Above the largest append (15 MiB is 20 MiB in base64), so that a longer one still gets an error event. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
const BETA_CLOSE_CODE = 4000;

export interface RealtimeServerOptions {
  log: Log;
  admission: Admission;
  inspector: Inspector | undefined;
  calls: Calls;
}

/** Takes over a socket that was let in. */
type Open = (socket: WebSocket) => void;

/** Turns upgrade requests into connections, or refuses them with the provider's JSON. */
export class RealtimeServer {
  readonly #options: RealtimeServerOptions;
  readonly #connections = new Set<Connection>();
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    // The key is offered as a protocol, too: it must not come back in the answer.
    handleProtocols: (offered) => (offered.has('realtime') ? 'realtime' : false),
  });

  constructor(options: RealtimeServerOptions) {
    this.#options = options;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** The HTTP server's `upgrade` handler. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    let open: Open;
    try {
      open = this.#accept(request);
    } catch (error) {
      const refusal = toRefusal(error);
      this.#options.log.warn({ status: refusal.status, code: refusal.error.code }, 'connection refused');
      refuseUpgrade(socket, refusal);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, open);
  }

  /** Closes every connection with 1001. */
  close(): void {
    for (const connection of this.#connections) connection.close();
    this.#sockets.close();
  }

  #accept(request: IncomingMessage): Open {
    const target = readTarget(request);
    const key = keyOf(request);
    if (target.callId !== null) {
      const { callId } = target;
      this.#options.calls.find(callId);
      return (socket) => this.#follow(socket, callId);
    }
    const admitted = this.#options.admission.admit({ key, ...target });
    return target.beta ? refuseBeta : (socket) => this.#begin(socket, admitted);
  }

  #begin(socket: WebSocket, { settings, scenario, sessionSeconds }: Admitted): void {
    const id = newId('conn');
    const log = this.#options.log.child({ connection: id, session: settings.id });
    const wire = new SocketWire(socket, log);
    const connection = new Connection({
      wire,
      settings,
      scenario,
      sessionSeconds,
      record: this.#options.inspector?.begin(id, settings.id, settings.model, 'websocket'),
      log,
    });
    this.#connections.add(connection);
    wire.listen({
      message: (text) => connection.receive(text),
      closed: (code) => {
        connection.ended(code);
        this.#connections.delete(connection);
      },
    });
    log.info({ model: settings.model, kind: settings.kind }, 'client connected');
    connection.open();
  }

  /** A sideband: the events of a call, both ways, without its audio (S83). */
  #follow(socket: WebSocket, callId: string): void {
    const log = this.#options.log.child({ call: callId });
    const wire = new SocketWire(socket, log);
    const sideband = this.#options.calls.follow(callId, wire);
    wire.listen({ message: (text) => sideband.receive(text), closed: () => sideband.leave() });
    log.info('sideband attached');
  }
}

/** The provider accepts the socket, says what is wrong, and closes with 4000 (S5). */
function refuseBeta(socket: WebSocket): void {
  const error = {
    type: 'invalid_request_error',
    code: 'beta_api_shape_disabled',
    message: 'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.',
    param: null,
    event_id: null,
  };
  socket.on('error', () => socket.terminate());
  socket.send(JSON.stringify({ type: 'error', event_id: newId('event'), error }));
  socket.close(BETA_CLOSE_CODE, 'invalid_request_error.beta_api_shape_disabled');
}
