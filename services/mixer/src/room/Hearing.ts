import { FRAME_SAMPLES, type ParticipantId } from '@parley/contract';
import { BandTrack } from '../audio/BandTrack.ts';
import { EchoGuard } from '../audio/EchoGuard.ts';
import { Fader } from '../audio/Fader.ts';
import { SpeechGate } from '../audio/SpeechGate.ts';

/** The assistant's own voice is let through to it by -30 dB: an error of ours is then no word lost. */
const ECHO_GAIN = 0.03;
/** So long after the assistant's last sound no echo of it is in the last second any more: 1.8 s. */
const QUIET_SLOTS = 180;

/** One microphone's 20 ms. */
export interface HeardFrame {
  id: ParticipantId;
  /** Undefined when it is silent. */
  frame: Int16Array | undefined;
  /** -Infinity when silent. */
  dbov: number;
}

class Ear {
  readonly speech = new SpeechGate();
  readonly guard = new EchoGuard();
  readonly fader = new Fader();
  readonly frame = new Int16Array(FRAME_SAMPLES);
  readonly track: BandTrack;

  constructor(slots: number) {
    this.track = new BandTrack(slots);
  }
}

/** What the assistant gets to hear of a frame; used anew in every frame. */
export interface Heard {
  /** What goes into its mix. */
  readonly frames: Int16Array[];
  /** Whose voice is in the mix, dBov. */
  readonly voices: Map<ParticipantId, number>;
  /** Who is really speaking. */
  readonly speaking: Set<ParticipantId>;
  /** Whose microphone hears mostly the assistant. */
  readonly echoes: Set<ParticipantId>;
  /** Of those, who was taken for a speaker until now. */
  readonly found: Set<ParticipantId>;
}

export interface HearingOptions {
  /** Of devices in one room all but the best microphone. `levels` in dBov. */
  silenced: (levels: ReadonlyMap<ParticipantId, number>, into: Set<ParticipantId>) => void;
  /** The tracks of all microphones, once per frame in which the assistant is silent. */
  compare: (tracks: ReadonlyMap<ParticipantId, BandTrack>) => void;
}

/** Decides which microphones the assistant hears: not its own echo, and of devices in one room only the best. */
export class Hearing {
  readonly #options: HearingOptions;
  readonly #ears = new Map<ParticipantId, Ear>();
  readonly #tracks = new Map<ParticipantId, BandTrack>();
  readonly #played = new BandTrack();
  readonly #levels = new Map<ParticipantId, number>();
  readonly #silenced = new Set<ParticipantId>();
  readonly #heard: Heard = {
    frames: [],
    voices: new Map(),
    speaking: new Set(),
    echoes: new Set(),
    found: new Set(),
  };

  constructor(options: HearingOptions) {
    this.#options = options;
  }

  left(id: ParticipantId): void {
    this.#ears.delete(id);
    this.#tracks.delete(id);
  }

  /** One frame of every microphone that is not muted. Valid until the next call; `played` must follow. */
  sift(microphones: readonly HeardFrame[]): Heard {
    const { frames, voices, speaking, echoes, found } = this.#heard;
    frames.length = 0;
    for (const each of [voices, speaking, echoes, found, this.#levels, this.#silenced]) each.clear();
    for (const { id, dbov } of microphones) this.#levels.set(id, dbov);
    this.#options.silenced(this.#levels, this.#silenced);
    for (const microphone of microphones) this.#sift(microphone);
    // Those that are muted have a silent frame, too.
    for (const [id, { track }] of this.#ears) if (!this.#levels.has(id)) track.push(undefined);
    if (this.#played.quietSlots > QUIET_SLOTS) this.#options.compare(this.#tracks);
    return this.#heard;
  }

  /** What the assistant said in this frame. */
  played(frame: Int16Array | undefined): void {
    this.#played.push(frame);
  }

  /** The room slept: what was heard before is no longer just before the next frame. */
  forget(): void {
    this.#played.clear();
    for (const { track } of this.#ears.values()) track.clear();
  }

  #sift({ id, frame, dbov }: HeardFrame): void {
    const { voices, speaking, echoes, found } = this.#heard;
    const ear = this.#ear(id);
    ear.track.push(frame);
    const overheard = ear.guard.update(this.#played, ear.track, dbov);
    const silenced = this.#silenced.has(id);
    const speaks = ear.speech.update(overheard.dbov) && !silenced;
    if (overheard.echo) echoes.add(id);
    if (overheard.found) found.add(id);
    if (frame && !silenced && !overheard.echo) voices.set(id, overheard.dbov);
    if (frame && speaks) speaking.add(id);
    this.#admit(ear, frame, silenced ? 0 : overheard.echo ? ECHO_GAIN : 1);
  }

  #admit({ fader, frame: own }: Ear, frame: Int16Array | undefined, target: number): void {
    if (!frame) {
      fader.startAt(target);
      return;
    }
    if (fader.gain === 0 && target === 0) return;
    if (fader.gain === 1 && target === 1) {
      this.#heard.frames.push(frame);
      return;
    }
    own.set(frame);
    fader.apply(own, target);
    this.#heard.frames.push(own);
  }

  #ear(id: ParticipantId): Ear {
    let ear = this.#ears.get(id);
    if (!ear) {
      ear = new Ear(this.#played.slots);
      this.#ears.set(id, ear);
      this.#tracks.set(id, ear.track);
    }
    return ear;
  }
}
