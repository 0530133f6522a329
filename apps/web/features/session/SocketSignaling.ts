import { AppError, ErrorBody, Goodbye, Presence, SIGNALING_COMMANDS, SessionEvent } from '@parley/contract';
import type { SignalingCommand, SignalingReply, SignalingRequest } from '@parley/contract';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { Unreachable } from '../../lib/problem.ts';
import type { Signaling, SignalingHandlers } from './Signaling.ts';

const ACK_MS = 12_000;

const AnyAck = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), data: z.unknown() }),
  z.object({ ok: z.literal(false), error: ErrorBody }),
]);
const Refusal = z.object({ data: ErrorBody });

/**
 * Signaling over socket.io on the page's own origin. The token travels in the handshake only. socket.io's own
 * reconnection is off: the page shows the countdown, so the page must be the one that counts.
 */
export class SocketSignaling implements Signaling {
  readonly #socket: Socket;

  constructor(token: string, handlers: SignalingHandlers) {
    const socket = io({
      auth: { token },
      autoConnect: false,
      reconnection: false,
      // Polling would need every request to reach the same hub.
      transports: ['websocket'],
      timeout: 8_000,
    });
    this.#socket = socket;
    socket.on('connect', () => handlers.onConnect());
    socket.on('disconnect', (reason) => {
      if (reason !== 'io client disconnect') handlers.onDisconnect(null);
    });
    socket.on('connect_error', (error: unknown) => {
      const refusal = Refusal.safeParse(error);
      handlers.onDisconnect(refusal.success ? refusal.data.data : null);
    });
    socket.on('event', (body: unknown) => {
      const event = SessionEvent.safeParse(body);
      if (event.success) handlers.onEvent(event.data);
    });
    socket.on('presence', (body: unknown) => {
      const presence = Presence.safeParse(body);
      if (presence.success) handlers.onPresence(presence.data);
    });
    socket.on('goodbye', (body: unknown) => {
      const goodbye = Goodbye.safeParse(body);
      if (goodbye.success) handlers.onGoodbye(goodbye.data);
    });
    socket.on('room:reset', () => handlers.onReset());
  }

  readonly request = async <Name extends SignalingCommand>(
    name: Name,
    body: SignalingRequest<Name>,
  ): Promise<SignalingReply<Name>> => {
    if (!this.#socket.connected) throw new Unreachable();
    let answer: unknown;
    try {
      answer = await this.#socket.timeout(ACK_MS).emitWithAck(name, body);
    } catch (error) {
      throw new Unreachable({ cause: error });
    }
    const ack = AnyAck.safeParse(answer);
    if (ack.success && !ack.data.ok) throw new AppError(ack.data.error.code, ack.data.error.message);
    const data = SIGNALING_COMMANDS[name].reply.safeParse(
      ack.success && ack.data.ok ? ack.data.data : undefined,
    );
    if (data.success) return data.data as SignalingReply<Name>;
    throw new AppError('protocol-mismatch', `The answer to ${name} was not understood.`, {
      cause: data.error,
    });
  };

  open(): void {
    this.#socket.connect();
  }

  close(): void {
    this.#socket.disconnect();
  }
}
