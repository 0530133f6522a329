import { EventEmitter } from 'node:events';
import { FRAME_SAMPLES } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { RawData } from 'ws';
import { LinkRefused } from '../room/ports.ts';
import type {
  Aside,
  Clock,
  LinkCall,
  LinkChange,
  LinkClosed,
  LinkEvents,
  LinkItem,
  LinkSettings,
  RealtimeLink,
} from '../room/ports.ts';
import { RecentIds } from '../room/RecentIds.ts';
import { Asides } from './Asides.ts';
import {
  type ClientEvent,
  callOf,
  createItem,
  eventIdOf,
  sessionChange,
  sessionUpdate,
  toolOutput,
  truncateItem,
} from './clientEvents.ts';
import { encodePcm } from './pcm.ts';
import { readServerEvent, type ServerEvent } from './protocol.ts';
import { refusedSettings, withoutKeys } from './refusals.ts';
import { report } from './report.ts';

/**
 * Audio goes out in messages of at most 100 ms. Measured (`npm run bench -- append`): one per frame costs 0.9 ms of CPU per
 * second and room, one per two frames 0.4 ms, one per five 0.2 ms. Which frames cannot wait, `InputGate` knows.
 */
const BATCH_SAMPLES = 5 * FRAME_SAMPLES;
/** About 10 s of audio in base64. What waits longer is not live speech: better a new link. */
const MAX_BUFFERED_BYTES = 640_000;
/** A server that was not heard this long is asked (ping), and given up after as long again. */
const SILENT_MS = 10_000;
const CLOSE_WITHIN_MS = 1_000;
const MAX_LIFE_MS = 86_400_000;

/** What a link needs of its socket: a WebSocket, or what behaves like one (the events of a call). */
export interface LinkSocket {
  readonly readyState: number;
  readonly OPEN: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  ping(): void;
  close(code: number): void;
  terminate(): void;
  on(event: 'message', listener: (data: RawData, isBinary: boolean) => void): unknown;
  on(event: 'pong', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'close', listener: (code: number, reason: Buffer) => void): unknown;
}

export interface SocketLinkOptions {
  /** Just opened. The link owns it from now on. */
  socket: LinkSocket;
  /** For words to people: the provider's host. */
  host: string;
  transcriptionModel: string;
  clock: Clock;
  log: Log;
}

/** A Realtime provider on a WebSocket, or on what behaves like one. Each way it can end leads through `#end`, once. */
export class SocketLink implements RealtimeLink {
  readonly events = new EventEmitter<LinkEvents>();
  readonly #options: SocketLinkOptions;
  readonly #socket: LinkSocket;
  readonly #seen = new RecentIds(1_000);
  readonly #batch = new Int16Array(BATCH_SAMPLES);
  readonly #configured = Promise.withResolvers<void>();
  readonly #asides = new Asides();
  readonly #counts = { unknown: 0, malformed: 0, repeated: 0 };
  #batched = 0;
  #calls = 0;
  #heardAt: number;
  #pingedAt: number | undefined;
  #closed: LinkClosed | undefined;
  #expiresInMs: number | undefined;

  constructor(options: SocketLinkOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#configured.promise.catch(() => undefined); // a refusal may come before anybody waits
    this.#heardAt = options.clock.now();
    this.#socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    this.#socket.on('pong', () => this.#noteAlive());
    this.#socket.on('error', (error) => options.log.warn({ err: error }, 'provider socket failed'));
    this.#socket.on('close', (code, reason) => this.#lost(code, reason.toString('utf8')));
  }

  get closed(): LinkClosed | undefined {
    return this.#closed;
  }

  get expiresInMs(): number | undefined {
    return this.#expiresInMs;
  }

  /** Resolves when the server has taken the settings; rejects with LinkRefused when it has not. */
  begin(settings: LinkSettings): Promise<void> {
    this.say('session', sessionUpdate(settings, this.#options.transcriptionModel));
    return this.#configured.promise;
  }

  appendAudio(pcm: Int16Array, urgent = false): void {
    if (this.#closed) return;
    for (let read = 0; read < pcm.length;) {
      const part = pcm.subarray(read, read + BATCH_SAMPLES - this.#batched);
      this.#batch.set(part, this.#batched);
      this.#batched += part.length;
      read += part.length;
      if (this.#batched === BATCH_SAMPLES) this.#sendBatch();
    }
    if (urgent) this.#sendBatch();
    this.#checkAlive();
  }

  configure(change: LinkChange): void {
    // What was heard before belongs to the settings of before.
    this.#sendBatch();
    this.say('session', sessionChange(change));
  }

  commitAudio(): void {
    this.#sendBatch();
    this.say('commit', { type: 'input_audio_buffer.commit' });
  }

  clearAudio(): void {
    this.#sendBatch();
    this.say('clear', { type: 'input_audio_buffer.clear' });
  }

  createItem(item: LinkItem): void {
    this.say('item', createItem(item));
  }

  createResponse(): void {
    this.say('response', { type: 'response.create' });
  }

  cancelResponse(responseId: string): void {
    this.say('cancel', { type: 'response.cancel', response_id: responseId });
  }

  truncate(itemId: string, contentIndex: number, audioEndMs: number): void {
    this.say('truncate', truncateItem(itemId, contentIndex, audioEndMs));
  }

  sendToolOutput(callId: string, output: string): void {
    this.say('tool', toolOutput(callId, output));
  }

  ask(instructions: string, maxTokens: number): Promise<Aside> {
    this.#calls += 1;
    const { event, answer } = this.#asides.ask(eventIdOf('aside', this.#calls), instructions, maxTokens);
    if (this.#closed) this.#asides.close(this.#closed.message);
    else this.#send(JSON.stringify(event));
    return answer;
  }

  close(reason: string): void {
    this.#end({ code: 'closed', message: reason });
  }

  /** Whether this kind of link deals with the event itself; `pass` then lets it on later. */
  protected claims(_event: ServerEvent): boolean {
    return false;
  }

  /** An event that was claimed before. */
  protected pass(event: ServerEvent): void {
    if (!this.#closed) report(event, this.events);
  }

  protected say(call: LinkCall, event: ClientEvent): void {
    this.#calls += 1;
    this.#send(JSON.stringify({ event_id: eventIdOf(call, this.#calls), ...event }));
  }

  #sendBatch(): void {
    if (this.#batched === 0) return;
    const audio = encodePcm(this.#batch.subarray(0, this.#batched));
    this.#batched = 0;
    this.#send(`{"type":"input_audio_buffer.append","audio":"${audio}"}`);
  }

  #send(text: string): void {
    if (this.#closed || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(text);
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES)
      this.#end({ code: 'lost', message: `The connection to ${this.#options.host} is too slow.` });
  }

  /** The audio is the timer: while it flows a dead connection is noticed, and an idle link costs nothing. */
  #checkAlive(): void {
    const now = this.#options.clock.now();
    if (this.#pingedAt === undefined) {
      if (now - this.#heardAt <= SILENT_MS || this.#socket.readyState !== this.#socket.OPEN) return;
      this.#pingedAt = now;
      this.#socket.ping();
    } else if (now - this.#pingedAt > SILENT_MS)
      this.#end({ code: 'lost', message: `${this.#options.host} does not answer any more.` });
  }

  #noteAlive(): void {
    this.#heardAt = this.#options.clock.now();
    this.#pingedAt = undefined;
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#closed) return;
    this.#noteAlive();
    // ws hands text over as one Buffer unless it is told otherwise.
    if (isBinary || !Buffer.isBuffer(data)) return this.#noteMalformed('a binary message');
    const reading = readServerEvent(data.toString('utf8'));
    if (reading.kind === 'malformed') return this.#noteMalformed(reading.why);
    if (reading.kind === 'unknown') {
      this.#counts.unknown += 1;
      return;
    }
    if (reading.eventId !== undefined && !this.#seen.add(reading.eventId)) {
      this.#counts.repeated += 1;
      return;
    }
    this.#take(reading.event);
  }

  #take(event: ServerEvent): void {
    try {
      if (this.claims(event)) return;
      if (event.type === 'error') this.#rejected(event.error);
      else if (event.type === 'session.created') this.#noteExpiry(event.session.expires_at);
      else if (event.type === 'session.updated') this.#configured.resolve();
      else if (!this.#asides.take(event) && !report(event, this.events)) this.#noteMalformed(event.type);
    } catch (error) {
      // A listener's fault with one event must not end the process, and with it every other room.
      this.#options.log.error({ err: error, type: event.type }, 'provider event mishandled');
    }
  }

  /** A clock that is far off (here or there) says nothing of use: then the usual hour counts. */
  #noteExpiry(expiresAt: number | null | undefined): void {
    const inMs = typeof expiresAt === 'number' ? expiresAt * 1_000 - Date.now() : 0;
    if (inMs > 0 && inMs <= MAX_LIFE_MS) this.#expiresInMs = inMs;
  }

  #rejected(error: Extract<ServerEvent, { type: 'error' }>['error']): void {
    const message = withoutKeys(error.message ?? 'No reason given');
    if (this.#asides.refuse(error.event_id, message)) return;
    this.#configured.reject(refusedSettings(this.#options.host, message, error.param));
    const code = error.code ?? error.type ?? 'unknown';
    this.events.emit('rejected', { code, message, causedBy: callOf(error.event_id) });
    if (code === 'session_expired') this.#end({ code: 'expired', message });
  }

  #noteMalformed(why: string): void {
    this.#counts.malformed += 1;
    if (this.#counts.malformed === 1) this.#options.log.warn({ why }, 'malformed provider event');
  }

  #lost(code: number, reason: string): void {
    const words = reason ? `: ${withoutKeys(reason)}` : '';
    this.#end({ code: 'lost', message: `${this.#options.host} closed the connection (${code}${words}).` });
  }

  #end(closed: LinkClosed): void {
    if (this.#closed) return;
    this.#closed = closed;
    const { log, clock } = this.#options;
    log.info({ ...closed, ...this.#counts }, 'provider link closed');
    this.#asides.close(closed.message);
    this.#configured.reject(new LinkRefused(closed.message, { hopeless: false }));
    if (closed.code === 'closed') {
      this.#socket.close(1000);
      // A server that does not answer the close must not keep the socket.
      this.#socket.on(
        'close',
        clock.after(CLOSE_WITHIN_MS, () => this.#socket.terminate()),
      );
    } else this.#socket.terminate();
    this.events.emit('closed', closed);
  }
}
