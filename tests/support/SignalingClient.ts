import {
  PROTOCOL_VERSION,
  SessionEvent,
  SIGNALING_COMMANDS,
  type Ack,
  type Goodbye,
  type Presence,
  type SignalingCommand,
  type SignalingReply,
} from '@parley/contract';
import { io, type Socket } from 'socket.io-client';
import { HubError } from './HubApi.ts';

/** For an answer, on a busy machine. */
const PATIENCE_MS = 60_000;

/** A page's socket without the page: commands with their replies checked, and everything the hub said. */
export class SignalingClient {
  readonly events: SessionEvent[] = [];
  readonly goodbyes: Goodbye[] = [];
  readonly presences: Presence[] = [];
  resets = 0;
  readonly socket: Socket;

  private constructor(url: string, token: unknown) {
    this.socket = io(url, {
      auth: { token },
      transports: ['websocket'],
      forceNew: true,
      autoConnect: false,
      reconnection: false,
    });
    this.socket.on('event', (event: unknown) => this.events.push(SessionEvent.parse(event)));
    this.socket.on('goodbye', (goodbye: Goodbye) => this.goodbyes.push(goodbye));
    this.socket.on('presence', (presence: Presence) => this.presences.push(presence));
    this.socket.on('room:reset', () => (this.resets += 1));
  }

  /** Rejects with the hub's words when it refuses the handshake. */
  static async connect(url: string, token: unknown): Promise<SignalingClient> {
    const client = new SignalingClient(url, token);
    await new Promise<void>((resolve, reject) => {
      client.socket.once('connect', () => resolve());
      client.socket.once('connect_error', (error) => {
        client.close();
        reject(error);
      });
      client.socket.connect();
    });
    return client;
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  join(afterSeq = 0): Promise<SignalingReply<'session:join'>> {
    return this.ask('session:join', { protocol: PROTOCOL_VERSION, afterSeq });
  }

  /** Sends any command with any body. Throws a HubError for a refusal, or when no answer comes in time. */
  async ask<Name extends SignalingCommand>(
    name: Name,
    body: unknown,
    withinMs = PATIENCE_MS,
  ): Promise<SignalingReply<Name>> {
    const ack = await this.send(name, body, withinMs);
    if (!ack.ok) throw new HubError(0, ack.error.code, ack.error.message);
    return SIGNALING_COMMANDS[name].reply.parse(ack.data) as SignalingReply<Name>;
  }

  /** The bare acknowledgement of any message, known or not. */
  async send(name: string, body: unknown, withinMs = PATIENCE_MS): Promise<Ack<unknown>> {
    return (await this.socket.timeout(withinMs).emitWithAck(name, body)) as Ack<unknown>;
  }

  close(): void {
    this.socket.disconnect();
  }
}
