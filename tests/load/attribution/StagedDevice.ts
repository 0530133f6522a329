import type { ParticipantId } from '@parley/contract';
import type { Arrival } from '@parley/mixer/audio/testing/stream';
import { sendSpeech, withDtx } from '@parley/mixer/audio/testing/talk';
import { DevicePeer } from '../../media/support/DevicePeer.ts';
import type { TestRoom } from '../../media/support/startMixer.ts';
import type { ClockedAssistant } from './ClockedAssistant.ts';
import type { ScriptedEvent } from './script.ts';
import type { Span } from './truth.ts';

/** What becomes of packets before they are sent. */
export interface Network {
  /** Part of them that is lost, 0…1, each by itself. */
  loss: number;
  /** Each is under way up to so much longer than the fastest, ms: they overtake each other. */
  jitterMs: number;
}

/** A packet can be sent when its 20 ms have been said. */
const PACKET_MS = 20;
/** Numbers that do not wrap around within a script. */
const FIRST_SEQUENCE = 100;

/**
 * A device whose microphone hears a recording: Opus with DTX, FEC and levels, as a browser sends it, over real WebRTC.
 * The network is a script, too. Packets that are due while it is not in the room are never sent.
 */
export class StagedDevice {
  /** Under which it was in the room: it comes back as somebody new. */
  readonly ids = new Set<ParticipantId>();
  readonly #room: TestRoom<ClockedAssistant>;
  readonly #name: string;
  readonly #packets: Arrival[];
  /** When it could be heard, on the wall clock. */
  readonly #heard: Span[] = [];
  #peer: DevicePeer | undefined;
  #next = 0;
  #startedAt = Infinity;
  /** How late packets were sent, ms. */
  readonly lateMs: number[] = [];

  constructor(
    room: TestRoom<ClockedAssistant>,
    name: string,
    microphone: Int16Array,
    { seed, loss, jitterMs }: Network & { seed: number },
  ) {
    this.#room = room;
    this.#name = name;
    this.#packets = sendSpeech(microphone, {
      codec: withDtx,
      levels: true,
      seed,
      loss,
      jitterMs,
      baseMs: PACKET_MS,
      firstSequence: FIRST_SEQUENCE,
    });
  }

  async join(): Promise<void> {
    this.#peer = await DevicePeer.join(this.#room, this.#name);
    this.ids.add(this.#peer.participantId);
    this.#begin();
  }

  start(atMs: number): void {
    this.#startedAt = atMs;
  }

  /** When it could be heard, in ms since the start. */
  present(startedAtMs: number): Span[] {
    return this.#heard.map(({ fromMs, toMs }) => ({
      fromMs: fromMs - startedAtMs,
      toMs: toMs - startedAtMs,
    }));
  }

  /** Sends what is due. */
  send(nowMs: number): void {
    for (let next = this.#packets[this.#next]; next; next = this.#packets[++this.#next]) {
      const dueMs = this.#startedAt + next.atMs;
      if (dueMs > nowMs) return;
      const { payload, sequenceNumber, timestamp, level } = next.packet;
      if (!this.#peer) continue;
      this.#peer.speaker.sendRaw(Buffer.from(payload), sequenceNumber, timestamp, level);
      this.lateMs.push(nowMs - dueMs);
    }
  }

  async act(kind: ScriptedEvent['kind']): Promise<void> {
    const peer = this.#peer;
    if (kind === 'join') return this.join();
    if (!peer) throw new Error(`${this.#name} is not in the room`);
    if (kind === 'unmute') this.#begin();
    else this.#end();
    if (kind !== 'leave') return this.#room.mute(peer.participantId, kind === 'mute');
    this.#peer = undefined;
    await this.#room.leave(peer.participantId);
    await peer.close();
  }

  async close(): Promise<void> {
    await this.#peer?.close();
  }

  #begin(): void {
    this.#heard.push({ fromMs: performance.now(), toMs: Infinity });
  }

  #end(): void {
    const span = this.#heard.at(-1);
    if (span) span.toMs = performance.now();
  }
}
