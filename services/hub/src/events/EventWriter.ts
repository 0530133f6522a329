import { setTimeout as delay } from 'node:timers/promises';
import type { SessionEvent } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { inSpan } from '@parley/kit/tracing';
import type { Measures } from '../session/ports.ts';
import { readEvent } from '../store/streamEntry.ts';
import type { StreamEntry } from '../store/streamEntry.ts';
import type { Archivist } from './Archivist.ts';
import type { EventStream } from './EventStream.ts';
import { storable } from './rows.ts';
import type { WriterLease } from './WriterLease.ts';

export interface EventWriterOptions {
  stream: Pick<EventStream, 'adopt' | 'pending' | 'fresh' | 'done' | 'bury' | 'move' | 'close'>;
  lease: Pick<WriterLease, 'hold' | 'close'>;
  archivist: Pick<Archivist, 'write' | 'answers'>;
  measures: Measures;
  log: Log;
  /** Entries in one transaction. */
  batch?: number;
  /** How long a read waits for something new. */
  blockMs?: number;
  /** How often a hub that does not write looks whether it should. */
  standbyMs?: number;
  /** First pause after a failure; it doubles up to `maxRetryMs`. */
  retryMs?: number;
  maxRetryMs?: number;
}

interface Readable {
  entry: StreamEntry;
  event: SessionEvent;
}

/** An event that Postgres refuses is tried so often before it is set aside. */
const TRIES = 3;

/**
 * Carries the log into Postgres: in order, each event once, batch by batch, acknowledged after commit. Postgres may be
 * away as long as it likes; a writer may die at any point (H9).
 */
export class EventWriter {
  readonly #options: Required<EventWriterOptions>;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: EventWriterOptions) {
    this.#options = {
      batch: 500,
      blockMs: 1_000,
      standbyMs: 1_000,
      retryMs: 100,
      maxRetryMs: 5_000,
      ...options,
    };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Lets the batch in hand finish, and frees the lease for another hub. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#options.stream.close();
    await this.#running;
    await this.#options.lease.close();
  }

  async #run(): Promise<void> {
    const { stream, lease, log, batch, blockMs, standbyMs, retryMs, maxRetryMs } = this.#options;
    let state: 'standby' | 'pending' | 'fresh' = 'standby';
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      try {
        if (!(await lease.hold())) {
          state = 'standby';
          await this.#pause(standbyMs);
          continue;
        }
        if (state === 'standby') {
          await stream.adopt();
          state = 'pending';
        }
        const entries =
          state === 'pending' ? await stream.pending(batch) : await stream.fresh(batch, blockMs);
        if (entries.length > 0)
          await inSpan(
            'events:write',
            { parent: null, attributes: { 'parley.events': entries.length } },
            () => this.#write(entries),
          );
        else state = 'fresh';
        if (failures > 0) log.info({ failures }, 'events are written again');
        failures = 0;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        // What was read is still pending: it is read again first.
        state = 'standby';
        const inMs = Math.min(maxRetryMs, retryMs * 2 ** failures);
        failures += 1;
        this.#options.measures.writerFailed();
        log.warn({ err: error, failures, retryInMs: inMs }, 'events not written, retrying');
        await this.#pause(inMs);
      }
    }
  }

  async #write(entries: readonly StreamEntry[]): Promise<void> {
    const readable: Readable[] = [];
    for (const entry of entries) {
      try {
        const event = readEvent(entry);
        readable.push({ entry, event: { ...event, data: storable(event.data) } as SessionEvent });
      } catch (error) {
        await this.#bury(entry, error);
      }
    }
    try {
      await this.#commit(readable);
    } catch (error) {
      if (!(await this.#options.archivist.answers())) throw error;
      this.#options.log.warn({ err: error, count: readable.length }, 'batch refused, writing one by one');
      for (const each of readable) await this.#commitAlone(each);
    }
  }

  /** Postgres is there and refuses something: all the others must not wait for it. */
  async #commitAlone(each: Readable): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#commit([each]);
      } catch (error) {
        if (!(await this.#options.archivist.answers())) throw error;
        if (attempt === TRIES) return this.#bury(each.entry, error);
        await this.#pause(this.#options.retryMs * attempt);
      }
    }
  }

  async #commit(readable: readonly Readable[]): Promise<void> {
    if (readable.length === 0) return;
    const { archivist, stream, measures, log } = this.#options;
    const began = performance.now();
    const { inserted, misplaced } = await archivist.write(readable.map(({ event }) => event));
    const now = Date.now();
    const ages = readable.map(({ event }) => now - event.at);
    measures.eventsWritten(inserted, performance.now() - began, ages);
    for (const { event, last } of misplaced) {
      const entry = readable.find((each) => each.event === event)?.entry;
      if (!entry) continue;
      const seq = await stream.move(entry, event, last);
      log.warn({ sessionId: event.sessionId, eventId: event.id, from: event.seq, to: seq }, 'event moved');
    }
    await stream.done(readable.map(({ entry }) => entry));
  }

  async #bury(entry: StreamEntry, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log.error({ err: error, entry: entry.id }, 'event set aside');
    await this.#options.stream.bury(entry, reason, Date.now());
    this.#options.measures.eventsDead(1);
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}
