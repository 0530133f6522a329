import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { AppError, SocketAuth, toErrorBody } from '@parley/contract';
import type { ClientToHub, HubId, HubToClient, SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { Server } from 'socket.io';
import type { DefaultEventsMap, Socket } from 'socket.io';
import { mayConnect } from '../session/access.ts';
import type { Limits, Measures, Memory, ParticipantClaims, Tokens } from '../session/ports.ts';
import type { BetweenHubs } from './BetweenHubs.ts';
import { createHandlers } from './commands.ts';
import type { Subject } from './commands.ts';
import type { FactRelay } from './FactRelay.ts';
import { SocketSession } from './SocketSession.ts';

interface SocketData {
  claims: ParticipantClaims;
}
type HubSocket = Socket<ClientToHub, HubToClient, DefaultEventsMap, SocketData>;

export interface SocketServerOptions {
  http: HttpServer;
  betweenHubs: BetweenHubs;
  hub: HubId;
  tokens: Tokens;
  subject: Subject;
  relay: FactRelay;
  memory: Memory;
  measures: Measures;
  log: Log;
  allowedOrigins: readonly string[];
  limits: Limits;
  callerAddress: (request: IncomingMessage) => string;
}

/** Longer messages close the socket; what is between a request's limit and this is answered with an error. */
const MAX_MESSAGE_BYTES = 1_048_576;
/** A vanished device is noticed within the sum of both. */
const PING_EVERY_MS = 5_000;
const PING_WITHIN_MS = 8_000;

/** Sockets of this hub, and through the adapter those of all hubs. */
export class SocketServer {
  readonly #io: Server<ClientToHub, HubToClient, DefaultEventsMap, SocketData>;
  readonly #options: SocketServerOptions;
  readonly #handlers;
  #closing = false;
  readonly #sockets = new Map<string, { session: SocketSession; sessionId: SessionId }>();

  constructor(options: SocketServerOptions) {
    this.#options = options;
    this.#handlers = createHandlers(options.subject);
    this.#io = new Server(options.http, {
      adapter: options.betweenHubs.adapter,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      pingInterval: PING_EVERY_MS,
      pingTimeout: PING_WITHIN_MS,
      destroyUpgrade: false,
      serveClient: false,
      // No polling: any hub may then be behind one address, without sticky sessions.
      transports: ['websocket'],
      cors: { origin: [...options.allowedOrigins] },
      allowRequest: ({ headers }, answer) => {
        const allowed = mayConnect(headers.origin, headers.host, options.allowedOrigins);
        answer(allowed ? null : 'This origin is not allowed', allowed);
      },
    });
    this.#io.use((socket, proceed) => void this.#refusal(socket).then(proceed));
    this.#io.on('connection', (socket) => this.#accept(socket));
    const { membership, rooms } = options.subject;
    membership.events.on('replaced', (connection) => this.#replace(connection));
    membership.events.on('media-lost', (_session, participant) => {
      this.#io.local.to(participant).emit('room:reset');
    });
    membership.events.on('presence', (session, participantId, away) => {
      // Whom this hub sends to another one is back before anybody should wonder.
      if (!(away && this.#closing)) this.#io.to(session).emit('presence', { participantId, away });
    });
    rooms.events.on('lost', (session) => this.#reset(session));
  }

  /** Lets nobody new in, sends the sockets to other hubs, and waits until their seats are released and requests answered. */
  async close(): Promise<void> {
    this.#closing = true;
    // First: whoever is told to come back elsewhere must not come back here.
    const served = new Promise<void>((resolve) => this.#options.http.close(() => resolve()));
    for (const { session } of this.#sockets.values()) session.goodbye({ why: 'hub-stopping' });
    await Promise.all([...this.#sockets.values()].map(({ session }) => session.idle));
    await this.#io.close();
    await served;
    this.#options.betweenHubs.close();
  }

  /** Why a socket may not connect, if it may not. socket.io hands `data` to the page with its `connect_error`. */
  async #refusal(socket: HubSocket): Promise<Error | undefined> {
    const { limits, callerAddress, tokens } = this.#options;
    const address = callerAddress(socket.request);
    try {
      await limits.check('guess', address);
      await limits.spend('socket', address);
      const auth = SocketAuth.safeParse(socket.handshake.auth);
      if (!auth.success) throw new AppError('bad-token', 'A token is needed. Join the session first.');
      socket.data.claims = await tokens.participant(auth.data.token);
      return undefined;
    } catch (error) {
      const data = toErrorBody(error);
      if (data.code === 'bad-token') limits.guessed(address);
      return Object.assign(new Error(data.message), { data });
    }
  }

  #accept(socket: HubSocket): void {
    const { hub, log, measures, memory, relay, subject } = this.#options;
    const { claims } = socket.data;
    const { sessionId, participantId } = claims;
    const session = new SocketSession({
      wire: {
        get connected() {
          return socket.connected;
        },
        emit: (name, ...args) => void socket.emit(name, ...args),
        enter: () => void socket.join([sessionId, participantId]),
        close: () => void socket.disconnect(true),
      },
      caller: { claims, connection: `${hub}/${socket.id}` },
      handlers: this.#handlers,
      membership: subject.membership,
      relay,
      measures,
      memory,
      log: log.child({ sessionId, participantId }),
    });
    this.#sockets.set(socket.id, { session, sessionId });
    measures.sockets(1);
    socket.onAny((name: string, ...args: unknown[]) => session.receive(name, args));
    socket.on('disconnect', () => {
      measures.sockets(-1);
      session.disconnected();
      void session.idle.then(() => this.#sockets.delete(socket.id));
    });
  }

  /** The older connection of a participant, at whichever hub it is. */
  #replace(connection: string): void {
    const socketId = connection.slice(connection.indexOf('/') + 1);
    this.#io.to(socketId).emit('goodbye', { why: 'replaced' });
    this.#io.in(socketId).disconnectSockets(true);
  }

  /** Whoever is just joining finds the new room by itself. */
  #reset(sessionId: SessionId): void {
    const joining = [...this.#sockets]
      .filter(([, each]) => each.sessionId === sessionId && each.session.joining)
      .map(([id]) => id);
    this.#io.to(sessionId).except(joining).emit('room:reset');
  }
}
