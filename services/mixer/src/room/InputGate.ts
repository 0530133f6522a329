import { FRAME_SAMPLES, type ParticipantId } from '@parley/contract';

/** How long the provider goes on hearing the room after the last voice: its VAD needs the silence to end a turn. */
export const INPUT_HANGOVER_MS = 5_000;
/** Frames before the first voiced one that are sent too (200 ms): speech begins before any detector says so. */
export const LOOK_BACK_FRAMES = 10;

/** Less than this without a voice is no pause: what follows is the same voice. */
const PAUSE_MS = 100;
/** A provider may find a voice, or the end of a turn, only in what comes this soon after a voice begins, or has ended. */
const NEWS_AFTER_BEGIN_MS = 300;
const NEWS_AFTER_END_MS = 1_200;
/** Frames that go out together while there may be news, and while there is none. */
const NEWS_FRAMES = 2;
const MOST_FRAMES = 5;

type Voices = ReadonlyMap<ParticipantId, number>;
/** `urgent`: the frame goes out now, with all before it that wait. */
type Push = (frame: Int16Array, voices: Voices, urgent: boolean) => void;

/**
 * Decides which frames of the mix the assistant gets: those around a voice, without a gap inside; and which go out
 * together. A message costs the same with one frame or five. The first frame of a voice goes at once, those behind it
 * and behind the last one in twos, for in them the provider finds out that somebody interrupts, or that a turn is over;
 * nothing depends on when it hears the rest.
 */
export class InputGate {
  readonly #push: Push;
  readonly #ring = Array.from({ length: LOOK_BACK_FRAMES }, () => ({
    frame: new Int16Array(FRAME_SAMPLES),
    voices: new Map<ParticipantId, number>() as Voices,
  }));
  #kept = 0;
  #next = 0;
  #heardAt = -Infinity;
  #begunAt = -Infinity;
  #waiting = 0;

  constructor(push: Push) {
    this.#push = push;
  }

  /** True while frames pass. */
  open(nowMs: number): boolean {
    return nowMs - this.#heardAt <= INPUT_HANGOVER_MS;
  }

  /** One frame of the mix, copied if it is kept. `heard`: somebody is speaking in it. */
  take(frame: Int16Array, voices: Voices, heard: boolean, nowMs: number): void {
    const begins = heard && nowMs - this.#heardAt > PAUSE_MS;
    if (begins) this.#begunAt = nowMs;
    if (heard) this.#heardAt = nowMs;
    if (!this.open(nowMs)) {
      this.#keep(frame, voices);
      return;
    }
    this.#flush();
    this.#waiting++;
    const news =
      nowMs - this.#begunAt < NEWS_AFTER_BEGIN_MS || (!heard && nowMs - this.#heardAt < NEWS_AFTER_END_MS);
    const urgent = begins || this.#waiting >= (news ? NEWS_FRAMES : MOST_FRAMES);
    if (urgent) this.#waiting = 0;
    this.#push(frame, voices, urgent);
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
      if (slot) this.#push(slot.frame, slot.voices, false);
    }
  }
}
