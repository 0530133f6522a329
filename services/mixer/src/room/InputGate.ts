import { FRAME_SAMPLES, type ParticipantId } from '@parley/contract';

/** How long the provider goes on hearing the room after the last voice: its VAD needs the silence to end a turn. */
export const INPUT_HANGOVER_MS = 5_000;
/** Frames before the first voiced one that are sent too (200 ms): speech begins before any detector says so. */
export const LOOK_BACK_FRAMES = 10;

type Voices = ReadonlyMap<ParticipantId, number>;
type Push = (frame: Int16Array, voices: Voices) => void;

/** Decides which frames of the mix the assistant gets: those around a voice, without a gap inside. */
export class InputGate {
  readonly #push: Push;
  readonly #ring = Array.from({ length: LOOK_BACK_FRAMES }, () => ({
    frame: new Int16Array(FRAME_SAMPLES),
    voices: new Map<ParticipantId, number>() as Voices,
  }));
  #kept = 0;
  #next = 0;
  #heardAt = -Infinity;

  constructor(push: Push) {
    this.#push = push;
  }

  /** True while frames pass. */
  open(nowMs: number): boolean {
    return nowMs - this.#heardAt <= INPUT_HANGOVER_MS;
  }

  /** One frame of the mix, copied if it is kept. `heard`: somebody is speaking in it. */
  take(frame: Int16Array, voices: Voices, heard: boolean, nowMs: number): void {
    if (heard) this.#heardAt = nowMs;
    if (!this.open(nowMs)) {
      this.#keep(frame, voices);
      return;
    }
    this.#flush();
    this.#push(frame, voices);
  }

  /** The room went to sleep: what is kept is no longer just before the next frame. */
  forget(): void {
    this.#kept = 0;
  }

  #keep(frame: Int16Array, voices: Voices): void {
    const slot = this.#ring[this.#next];
    if (!slot) return;
    slot.frame.set(frame);
    slot.voices = new Map(voices);
    this.#next = (this.#next + 1) % LOOK_BACK_FRAMES;
    this.#kept = Math.min(this.#kept + 1, LOOK_BACK_FRAMES);
  }

  #flush(): void {
    for (; this.#kept > 0; this.#kept--) {
      const slot = this.#ring[(this.#next - this.#kept + LOOK_BACK_FRAMES) % LOOK_BACK_FRAMES];
      if (slot) this.#push(slot.frame, slot.voices);
    }
  }
}
