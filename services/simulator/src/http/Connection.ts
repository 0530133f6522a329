import type { Log } from '@parley/kit/log';
import type { RawData, WebSocket } from 'ws';
import { decodeAudio } from '../protocol/audioFormat.ts';
import type { ConnectionRecord } from '../inspect/ConnectionRecord.ts';
import { newId } from '../protocol/ids.ts';
import type { ServerEvent } from '../protocol/serverEvents.ts';
import { FaultInjector } from '../scenarios/FaultInjector.ts';
import type { Scenario } from '../scenarios/schema.ts';
import { RealtimeSession } from '../session/RealtimeSession.ts';
import type { SessionSettings } from '../session/settings.ts';

/** A client that does not read is cut off when this much waits for it. */
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;
const GOING_AWAY = 1001;
const CLOSE_WITHIN_MS = 1_000;

export interface ConnectionOptions {
  socket: WebSocket;
  settings: SessionSettings;
  scenario: Scenario;
  sessionSeconds: number;
  record: ConnectionRecord | undefined;
  log: Log;
  closed: () => void;
}

/** One WebSocket and its session: faults, the session's end of time, what the inspector sees. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #session: RealtimeSession;
  readonly #faults: FaultInjector;
  readonly #record: ConnectionRecord | undefined;
  readonly #sessionSeconds: number;
  readonly #log: Log;
  readonly #expiry: NodeJS.Timeout;

  constructor({ socket, settings, scenario, sessionSeconds, record, log, closed }: ConnectionOptions) {
    this.#socket = socket;
    this.#record = record;
    this.#sessionSeconds = sessionSeconds;
    this.#log = log;
    this.#faults = new FaultInjector(scenario.faults, {
      write: (text) => this.#write(text),
      drop: () => this.#end(() => socket.terminate()),
      close: (code, reason) => this.#end(() => socket.close(code, reason)),
      expire: () => this.#expire(),
      error: (error) => this.#write(JSON.stringify({ type: 'error', event_id: newId('event'), error })),
    });
    this.#session = new RealtimeSession({
      settings,
      scenario,
      log,
      send: (event) => this.#send(event),
      onInput: (samples) => record?.sawInput(samples),
    });
    // Timers hold 2^31 ms at most; a longer session than 24 days never expires.
    this.#expiry = setTimeout(() => this.#expire(), Math.min(sessionSeconds * 1000, 2 ** 31 - 1));
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('error', (error) => log.warn({ err: error }, 'client socket failed'));
    socket.on('close', (code) => {
      clearTimeout(this.#expiry);
      this.#session.close();
      this.#faults.close();
      if (record) record.closed = { at: new Date(), code };
      log.info({ code }, 'client left');
      closed();
    });
  }

  open(): void {
    this.#session.open();
  }

  /** The server goes away; a client that does not answer the close frame is cut off. */
  close(): void {
    this.#end(() => this.#socket.close(GOING_AWAY, 'The simulator is stopping'));
    const cut = setTimeout(() => this.#socket.terminate(), CLOSE_WITHIN_MS);
    this.#socket.once('close', () => clearTimeout(cut));
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    // A binary frame is no event: it is answered as the malformed JSON that it is.
    const text = isBinary ? '' : asText(data);
    this.#record?.sawClientText(text);
    this.#session.receive(text);
  }

  #send(event: ServerEvent): void {
    const whole = { event_id: newId('event'), ...event };
    if (this.#record) {
      this.#record.sawServerEvent(whole);
      // The record keeps what went out as the client hears it; G.711 is decoded again.
      if (event.type === 'response.output_audio.delta')
        this.#record.output.write(decodeAudio(event.delta, this.#session.settings.outputFormat, 'delta'));
    }
    this.#faults.send(event.type, JSON.stringify(whole));
  }

  #write(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#log.warn({ bufferedBytes: this.#socket.bufferedAmount }, 'client does not read, dropped');
      this.#end(() => this.#socket.terminate());
      return;
    }
    this.#socket.send(text);
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
    this.#end(() => this.#socket.close(GOING_AWAY, 'session_expired'));
  }

  #end(how: () => void): void {
    clearTimeout(this.#expiry);
    this.#session.close();
    this.#faults.close();
    how();
  }
}

function asText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}
