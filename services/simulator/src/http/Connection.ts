import type { Log } from '@parley/kit/log';
import { decodeAudio } from '../protocol/audioFormat.ts';
import type { ConnectionRecord } from '../inspect/ConnectionRecord.ts';
import { newId } from '../protocol/ids.ts';
import type { ServerEvent } from '../protocol/serverEvents.ts';
import { FaultInjector } from '../scenarios/FaultInjector.ts';
import type { Scenario } from '../scenarios/schema.ts';
import { RealtimeSession } from '../session/RealtimeSession.ts';
import { presentSettings, type SessionSettings } from '../session/settings.ts';
import type { Playback } from './playback.ts';

const GOING_AWAY = 1001;

/** What carries a connection's events: a WebSocket, or the data channel of a call. Calls on a closed one do nothing. */
export interface Wire {
  write(text: string): void;
  /** Breaks it without a word. */
  drop(): void;
  /** Ends it in the polite way; a client that does not answer is cut off. */
  close(code: number, reason: string): void;
}

export interface ConnectionOptions {
  wire: Wire;
  settings: SessionSettings;
  scenario: Scenario;
  sessionSeconds: number;
  record: ConnectionRecord | undefined;
  log: Log;
  /** Plays the answers where the server does that; without one their audio goes out in events. */
  playback?: Playback;
}

/** One client and its session, whatever carries them: faults, the session's end of time, what the inspector sees. */
export class Connection {
  readonly #wire: Wire;
  readonly #session: RealtimeSession;
  readonly #faults: FaultInjector;
  readonly #record: ConnectionRecord | undefined;
  readonly #playback: Playback | undefined;
  readonly #sessionSeconds: number;
  readonly #log: Log;
  readonly #expiry: NodeJS.Timeout;
  /** Who else follows the events (a sideband). */
  readonly #followers = new Set<(text: string) => void>();

  constructor({ wire, settings, scenario, sessionSeconds, record, log, playback }: ConnectionOptions) {
    this.#wire = wire;
    this.#record = record;
    this.#playback = playback;
    this.#sessionSeconds = sessionSeconds;
    this.#log = log;
    this.#faults = new FaultInjector(scenario.faults, {
      write: (text) => this.#write(text),
      drop: () => this.#end(() => wire.drop()),
      close: (code, reason) => this.#end(() => wire.close(code, reason)),
      expire: () => this.#expire(),
      error: (error) => this.#write(JSON.stringify({ type: 'error', event_id: newId('event'), error })),
    });
    this.#session = new RealtimeSession({
      settings,
      scenario,
      log,
      send: (event) => this.send(event),
      onInput: (samples) => record?.sawInput(samples),
      ...(playback && { clearOutput: () => playback.clear() }),
    });
    // Timers hold 2^31 ms at most; a longer session than 24 days never expires.
    this.#expiry = setTimeout(() => this.#expire(), Math.min(sessionSeconds * 1000, 2 ** 31 - 1));
  }

  open(): void {
    this.#session.open();
  }

  /** A message of the client. */
  receive(text: string): void {
    this.#record?.sawClientText(text);
    this.#session.receive(text);
  }

  /** Input audio that came otherwise than in an event: 24 kHz. */
  hear(samples: Int16Array): void {
    this.#session.hear(samples);
  }

  /** Cuts an answer to what was played of it. */
  truncate(itemId: string, contentIndex: number, playedMs: number): void {
    this.#session.truncate(itemId, contentIndex, playedMs);
  }

  /** Every event from now on, after the state of the session. Returns the undo. */
  follow(write: (text: string) => void): () => void {
    const session = presentSettings(this.#session.settings);
    write(JSON.stringify({ event_id: newId('event'), type: 'session.created', session }));
    this.#followers.add(write);
    return () => this.#followers.delete(write);
  }

  send(event: ServerEvent): void {
    if (event.type === 'response.output_audio.delta') {
      const samples = decodeAudio(event.delta, this.#session.settings.outputFormat, 'delta');
      if (this.#playback) {
        const { response_id: responseId, item_id: itemId, content_index: contentIndex } = event;
        this.#playback.play({ responseId, itemId, contentIndex, samples });
        return;
      }
      // The record keeps what went out as the client hears it; G.711 is decoded again.
      this.#record?.output.write(samples);
    }
    const whole = { event_id: newId('event'), ...event };
    this.#record?.sawServerEvent(whole);
    this.#faults.send(event.type, JSON.stringify(whole));
    if (event.type === 'response.done' && event.response.id) this.#playback?.generated(event.response.id);
  }

  /** The server goes away. */
  close(reason = 'The simulator is stopping'): void {
    this.#end(() => this.#wire.close(GOING_AWAY, reason));
  }

  /** The wire is gone. */
  ended(code: number): void {
    this.#end(() => undefined);
    if (this.#record) this.#record.closed = { at: new Date(), code };
    this.#log.info({ code }, 'client left');
  }

  #write(text: string): void {
    this.#wire.write(text);
    for (const follow of this.#followers) follow(text);
  }

  /** An error event, then close code 1001 (S15). */
  #expire(): void {
    const minutes = this.#sessionSeconds / 60;
    const long = Number.isInteger(minutes) ? `${minutes} minutes` : `${this.#sessionSeconds} seconds`;
    const error = {
      type: 'invalid_request_error',
      code: 'session_expired',
      message: `Your session hit the maximum duration of ${long}.`,
      param: null,
      event_id: null,
    };
    this.#write(JSON.stringify({ type: 'error', event_id: newId('event'), error }));
    this.#end(() => this.#wire.close(GOING_AWAY, 'session_expired'));
  }

  #end(how: () => void): void {
    clearTimeout(this.#expiry);
    this.#session.close();
    this.#faults.close();
    this.#playback?.close();
    how();
  }
}
