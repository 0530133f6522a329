import type { Fault } from './schema.ts';

/** What faults may do to a connection. */
export interface FaultyConnection {
  /** Sends a text as it is. */
  write(text: string): void;
  /** Breaks the connection without a close frame. */
  drop(): void;
  close(code: number, reason: string): void;
  /** Ends the session as if its time were over. */
  expire(): void;
  /** Sends another event at once, past the faults. */
  error(error: { type: string; code: string; message: string }): void;
}

/** Sits between a session and its socket and does what the scenario says to the n-th event of a type (S60). */
export class FaultInjector {
  readonly #faults: readonly Fault[];
  readonly #connection: FaultyConnection;
  readonly #counts = new Map<string, number>();
  #waiting: string[] | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(faults: readonly Fault[], connection: FaultyConnection) {
    this.#faults = faults;
    this.#connection = connection;
  }

  /** Takes an event that is ready to be sent: its type and its JSON text. */
  send(type: string, text: string): void {
    const count = (this.#counts.get(type) ?? 0) + 1;
    this.#counts.set(type, count);
    let times = 1;
    for (const fault of this.#faults) {
      if (fault.at.event !== type || fault.at.count !== count) continue;
      times = this.#strike(fault.do, times);
    }
    for (let i = 0; i < times; i += 1) this.#write(text);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#waiting = undefined;
  }

  /** Returns how often the event itself is to be sent. */
  #strike(fault: Fault['do'], times: number): number {
    switch (fault.what) {
      case 'drop':
        this.#connection.drop();
        return 0;
      case 'close':
        this.#connection.close(fault.code, fault.reason);
        return 0;
      case 'expire':
        this.#connection.expire();
        return 0;
      case 'duplicate':
        return times * 2;
      case 'malformed':
        this.#write(fault.text);
        return times;
      case 'error':
        this.#connection.error({ type: fault.type, code: fault.code, message: fault.message });
        return times;
      case 'delay':
        this.#hold(fault.ms);
        return times;
      case 'omit':
      default:
        return 0;
    }
  }

  #hold(ms: number): void {
    clearTimeout(this.#timer);
    this.#waiting ??= [];
    this.#timer = setTimeout(() => {
      const held = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const text of held) this.#connection.write(text);
    }, ms);
  }

  #write(text: string): void {
    if (this.#waiting) this.#waiting.push(text);
    else this.#connection.write(text);
  }
}
