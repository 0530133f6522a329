import { PROTOCOL_VERSION, SessionEvent, SIGNALING_COMMANDS, type Goodbye } from '@parley/contract';
import { io, type Socket } from 'socket.io-client';

const AGAIN_MS = 100;

/** A page's socket that comes back by itself when it is lost, and asks for what it has missed; without its media. */
export class ReturningDevice {
  /** In the order in which they came. */
  readonly events: SessionEvent[] = [];
  readonly goodbyes: Goodbye[] = [];
  /** How long each absence was, from the lost socket to the answered join. */
  readonly absencesMs: number[] = [];
  #joined = false;
  #lostAt = performance.now();
  readonly #socket: Socket;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(url: string, token: string) {
    this.#socket = io(url, {
      auth: { token },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      timeout: 2_000,
    });
    this.#socket.on('connect', () => this.#join());
    this.#socket.on('event', (event: unknown) => this.events.push(SessionEvent.parse(event)));
    this.#socket.on('goodbye', (goodbye: Goodbye) => this.goodbyes.push(goodbye));
    this.#socket.on('connect_error', () => this.#again());
    this.#socket.on('disconnect', () => {
      if (this.#joined) this.#lostAt = performance.now();
      this.#joined = false;
      this.#again();
    });
  }

  get joined(): boolean {
    return this.#joined;
  }

  /** Every seq it was told, in order of arrival. */
  get seqs(): number[] {
    return this.events.map(({ seq }) => seq);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket.disconnect();
  }

  /** By callback, not by promise: a fact that follows the answer at once must be handled after it. */
  #join(): void {
    const request = { protocol: PROTOCOL_VERSION, afterSeq: this.events.at(-1)?.seq ?? 0 };
    this.#socket.timeout(5_000).emit('session:join', request, (error: Error | null, ack?: unknown) => {
      const { ok, data } = (ack ?? {}) as { ok?: boolean; data?: unknown };
      if (error || ok !== true) {
        this.#socket.disconnect();
        this.#again();
        return;
      }
      this.events.push(...SIGNALING_COMMANDS['session:join'].reply.parse(data).events);
      this.#joined = true;
      this.absencesMs.push(performance.now() - this.#lostAt);
    });
  }

  #again(): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => this.#socket.connect(), AGAIN_MS);
  }
}
