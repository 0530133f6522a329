import { setTimeout as delay } from 'node:timers/promises';
import type { ParticipantId } from '@parley/contract';
import { SteadySocket, type SteadySocketOptions } from './SteadySocket.ts';

const ASK_MS = 3_000;
const AGAIN_MS = 50;

/**
 * A participant without media that mutes and unmutes itself at a steady rate. Each change is asked for until it is
 * acknowledged before the next one, so that its facts in the timeline must be `true, false, true …`, one for each
 * acknowledged change: what is missing was lost, what is too much was doubled.
 */
export class Muter {
  readonly participantId: ParticipantId;
  acknowledged = 0;
  /** Asked, not acknowledged yet. */
  #pending = false;
  #stopped = false;
  readonly #socket: SteadySocket;
  readonly #everyMs: number;
  readonly #running: Promise<void>;

  private constructor(participantId: ParticipantId, socket: SteadySocket, everyMs: number) {
    this.participantId = participantId;
    this.#socket = socket;
    this.#everyMs = everyMs;
    this.#running = this.#run();
  }

  static async join(
    participantId: ParticipantId,
    options: SteadySocketOptions,
    everyMs: number,
  ): Promise<Muter> {
    return new Muter(participantId, await SteadySocket.open(options), everyMs);
  }

  get absencesMs(): readonly number[] {
    return this.#socket.absencesMs;
  }

  get pending(): boolean {
    return this.#pending;
  }

  /** Resolves when the change under way is acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  close(): void {
    this.#stopped = true;
    this.#socket.close();
  }

  async #run(): Promise<void> {
    for (let due = performance.now(); !this.#stopped; due += this.#everyMs) {
      await delay(Math.max(0, due - performance.now()));
      // After an outage it does not catch up: the rate stays what it was.
      due = Math.max(due, performance.now() - this.#everyMs);
      await this.#change(this.acknowledged % 2 === 0);
    }
  }

  async #change(muted: boolean): Promise<void> {
    this.#pending = true;
    for (;;) {
      try {
        await this.#socket.client.ask('participant:mute', { muted }, ASK_MS);
        this.acknowledged += 1;
        this.#pending = false;
        return;
      } catch {
        if (this.#stopped) return;
        await delay(AGAIN_MS);
      }
    }
  }
}
