import type { ParticipantId, Role } from '@parley/contract';
import type { Codec } from '../audio/codec.ts';
import { VoiceGate } from '../audio/level.ts';
import { readRtp } from '../audio/rtp.ts';
import { Source, type SourceStats } from '../audio/Source.ts';
import { AUDIBLE_DBOV } from './LevelReport.ts';
import type { Line, Microphone, PeerLine } from './mediaPorts.ts';
import { PeerEar } from './PeerEar.ts';

/** Opus packets of digital silence are 1 to 3 bytes; a packet of this size or more carries sound. */
const SOUND_BYTES = 4;
/** Without a level extension so many packets with sound wake a room: one alone is DTX refreshing its comfort noise. */
const PACKETS_TO_WAKE = 3;
const WAKE_WITHIN_MS = 200;

export interface Identity {
  id: ParticipantId;
  name: string;
  role: Role;
}

export interface MemberOptions extends Identity {
  line: Line;
  peer: PeerLine | undefined;
  muted: boolean;
  codec: Codec;
  now: () => number;
  /** While the room sleeps nobody pulls, and packets are looked at for sound. */
  asleep: () => boolean;
  onSound: () => void;
  onSourceClosed: (stats: SourceStats) => void;
}

/** One participant in a room: the line, and the microphone's audio while there is one. Owns both. */
export class Member {
  readonly id: ParticipantId;
  readonly name: string;
  readonly role: Role;
  readonly line: Line;
  /** What a plain SDP peer hears; browsers mix for themselves. */
  readonly ear: PeerEar | undefined;
  /** Whether the frames of late are a voice. */
  readonly gate = new VoiceGate();
  /** What was pulled in the present tick; valid until the next one. */
  frame: Int16Array | undefined;
  readonly #options: MemberOptions;
  #muted: boolean;
  #microphone: Microphone | undefined;
  #source: Source | undefined;
  readonly #soundAt: number[] = [];
  #closed = false;

  constructor(options: MemberOptions) {
    this.id = options.id;
    this.name = options.name;
    this.role = options.role;
    this.line = options.line;
    this.ear = options.peer && new PeerEar(options.codec, options.peer);
    this.#options = options;
    this.#muted = options.muted;
  }

  get muted(): boolean {
    return this.#muted;
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
    const { codec, now, asleep, onSound } = this.#options;
    const { levelExtensionId } = microphone;
    const source = new Source(levelExtensionId === undefined ? { codec } : { codec, levelExtensionId });
    source.muted = this.#muted;
    this.#microphone = microphone;
    this.#source = source;
    microphone.events.on('rtp', (packet) => {
      const nowMs = now();
      source.receive(packet, nowMs);
      if (asleep() && !this.#muted && this.#isSound(packet, levelExtensionId, nowMs)) onSound();
    });
  }

  /** Forgets the microphone if it is still this one. */
  lost(microphone: Microphone): boolean {
    if (this.#microphone !== microphone) return false;
    this.#drop();
    return true;
  }

  /** Silent for the mixer at once, for the others when the router knows. */
  async mute(muted: boolean): Promise<void> {
    this.#muted = muted;
    if (this.#source) this.#source.muted = muted;
    await this.#microphone?.setMuted(muted);
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

  #isSound(packet: Uint8Array, levelExtensionId: number | undefined, nowMs: number): boolean {
    const rtp = readRtp(packet, levelExtensionId);
    if (!rtp) return false;
    if (rtp.level) return rtp.level.dbov >= AUDIBLE_DBOV;
    if (rtp.payload.length < SOUND_BYTES) return false;
    this.#soundAt.push(nowMs);
    if (this.#soundAt.length > PACKETS_TO_WAKE) this.#soundAt.shift();
    const [first] = this.#soundAt;
    return this.#soundAt.length === PACKETS_TO_WAKE && first !== undefined && nowMs - first <= WAKE_WITHIN_MS;
  }
}
