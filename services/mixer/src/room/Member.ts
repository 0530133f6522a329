import type { ParticipantId, Role } from '@parley/contract';
import type { Codec } from '../audio/codec.ts';
import { VoiceGate } from '../audio/level.ts';
import { Source, type SourceStats } from '../audio/Source.ts';
import type { Line, Microphone, EarLine } from './mediaPorts.ts';
import { PeerEar } from './PeerEar.ts';

export interface Identity {
  id: ParticipantId;
  name: string;
  role: Role;
}

/** Who wants a microphone not to be heard. */
export type MutedBy = 'self' | 'owner';

export interface MemberOptions extends Identity {
  line: Line;
  peer: EarLine | undefined;
  muted: Iterable<MutedBy>;
  codec: Codec;
  now: () => number;
  /** A packet came that is not silent. `dueInMs`: it is the first one for a while, and is to be heard after that time. */
  onSound: (dueInMs?: number) => void;
  onSourceClosed: (stats: SourceStats) => void;
}

/** One participant in a room: the line, and the microphone's audio while there is one. Owns both. */
export class Member {
  readonly id: ParticipantId;
  readonly name: string;
  readonly role: Role;
  readonly line: Line;
  /** What a plain peer hears; browsers mix for themselves. */
  readonly ear: PeerEar | undefined;
  /** Whether the frames of late are a voice. */
  readonly gate = new VoiceGate();
  /** What was pulled in the present tick; valid until the next one. */
  frame: Int16Array | undefined;
  readonly #options: MemberOptions;
  readonly #mutedBy: Set<MutedBy>;
  #microphone: Microphone | undefined;
  #source: Source | undefined;
  #closed = false;

  constructor(options: MemberOptions) {
    this.id = options.id;
    this.name = options.name;
    this.role = options.role;
    this.line = options.line;
    this.ear = options.peer && new PeerEar(options.codec, options.peer);
    this.#options = options;
    this.#mutedBy = new Set(options.muted);
  }

  /** By anybody. */
  get muted(): boolean {
    return this.#mutedBy.size > 0;
  }

  get mutedBy(): ReadonlySet<MutedBy> {
    return this.#mutedBy;
  }

  isMuted(by: MutedBy): boolean {
    return this.#mutedBy.has(by);
  }

  get producerId(): string | undefined {
    return this.#microphone?.producerId;
  }

  get source(): Source | undefined {
    return this.#source;
  }

  /** Takes the line's new microphone; the former one closed before. */
  adopt(microphone: Microphone): void {
    this.#drop();
    if (this.#closed || microphone.closed) {
      microphone.close();
      return;
    }
    const { codec, now, onSound } = this.#options;
    const { levelExtensionId } = microphone;
    const source = new Source(levelExtensionId === undefined ? { codec } : { codec, levelExtensionId });
    source.muted = this.muted;
    this.#microphone = microphone;
    this.#source = source;
    const hear = (receive: (nowMs: number) => void) => {
      const [nowMs, { awake }] = [now(), source];
      receive(nowMs);
      if (source.awake) onSound(awake ? undefined : source.heldBackMs(nowMs));
    };
    microphone.events.on('rtp', (bytes) => hear((nowMs) => source.receive(bytes, nowMs)));
    microphone.events.on('packet', (packet) => hear((nowMs) => source.take(packet, nowMs)));
  }

  /** Forgets the microphone if it is still this one. */
  lost(microphone: Microphone): boolean {
    if (this.#microphone !== microphone) return false;
    this.#drop();
    return true;
  }

  /** Silent for the mixer at once, for the others when the router knows. */
  async mute(muted: boolean, by: MutedBy): Promise<void> {
    if (muted) this.#mutedBy.add(by);
    else this.#mutedBy.delete(by);
    await this.applyMute();
  }

  /** To the microphone that is there now. */
  async applyMute(): Promise<void> {
    if (this.#source) this.#source.muted = this.muted;
    await this.#microphone?.setMuted(this.muted);
  }

  /** The next 20 ms; also in `frame`. */
  pull(nowMs: number): Int16Array | undefined {
    this.frame = this.#source?.pull(nowMs);
    return this.frame;
  }

  /** Flag first: what its line still tells finds it closed. Harmless twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#drop();
    this.ear?.close();
    this.line.close();
  }

  #drop(): void {
    const source = this.#source;
    const microphone = this.#microphone;
    this.#source = undefined;
    this.#microphone = undefined;
    this.frame = undefined;
    if (source) {
      this.#options.onSourceClosed(source.stats);
      source.close();
    }
    microphone?.close();
  }
}
