import type { ParticipantId } from '@parley/contract';
import { Fader } from '../audio/Fader.ts';
import { SpeechGate } from '../audio/SpeechGate.ts';
import { FRAME_SAMPLES } from '@parley/contract';
import type { DeviceGroups } from './DeviceGroups.ts';

/** One microphone's 20 ms: `frame` is undefined when it is silent. */
export interface HeardFrame {
  id: ParticipantId;
  frame: Int16Array | undefined;
  /** -Infinity when silent. */
  dbov: number;
}

interface Ear {
  readonly speech: SpeechGate;
  readonly fader: Fader;
  readonly frame: Int16Array;
}

/** What the assistant gets to hear of a frame; used anew in every frame. */
export interface Heard {
  /** What goes into its mix. */
  readonly frames: Int16Array[];
  /** Whose voice is in the mix, dBov. */
  readonly voices: Map<ParticipantId, number>;
  /** Who is really speaking. */
  readonly speaking: Set<ParticipantId>;
}

/** Decides which microphones the assistant hears: of devices in one room only the best. */
export class Hearing {
  readonly #groups: DeviceGroups;
  readonly #ears = new Map<ParticipantId, Ear>();
  readonly #levels = new Map<ParticipantId, number>();
  readonly #silenced = new Set<ParticipantId>();
  readonly #heard: Heard = { frames: [], voices: new Map(), speaking: new Set() };

  constructor(groups: DeviceGroups) {
    this.#groups = groups;
  }

  left(id: ParticipantId): void {
    this.#ears.delete(id);
  }

  /** One frame of every microphone that is not muted. Valid until the next call. */
  sift(microphones: readonly HeardFrame[]): Heard {
    const { frames, voices, speaking } = this.#heard;
    frames.length = 0;
    voices.clear();
    speaking.clear();
    this.#levels.clear();
    this.#silenced.clear();
    for (const { id, dbov } of microphones) this.#levels.set(id, dbov);
    this.#groups.silenced(this.#levels, this.#silenced);
    for (const microphone of microphones) this.#sift(microphone);
    return this.#heard;
  }

  #sift({ id, frame, dbov }: HeardFrame): void {
    const ear = this.#ear(id);
    const speaks = ear.speech.update(dbov);
    const silenced = this.#silenced.has(id);
    const target = silenced ? 0 : 1;
    if (!frame) {
      ear.fader.startAt(target);
      return;
    }
    const { frames, voices, speaking } = this.#heard;
    if (!silenced) voices.set(id, dbov);
    if (speaks && !silenced) speaking.add(id);
    if (ear.fader.gain === 1 && target === 1) {
      frames.push(frame);
      return;
    }
    if (ear.fader.gain === 0 && target === 0) return;
    ear.frame.set(frame);
    ear.fader.apply(ear.frame, target);
    frames.push(ear.frame);
  }

  #ear(id: ParticipantId): Ear {
    let ear = this.#ears.get(id);
    if (!ear) {
      ear = { speech: new SpeechGate(), fader: new Fader(), frame: new Int16Array(FRAME_SAMPLES) };
      this.#ears.set(id, ear);
    }
    return ear;
  }
}
