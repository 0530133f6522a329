import { FRAME_MS } from '@parley/contract';
import type { TurnDetection } from '../session/sessionSchema.ts';

/** Loud frames in a row before speech is said to have started: a click is not speech. */
const ONSET_FRAMES = 3;
/** How long a semantic detector waits after the last word. */
const EAGERNESS_SILENCE_MS = { high: 300, medium: 700, auto: 700, low: 1500 } as const;
const SEMANTIC_THRESHOLD = 0.5;
const SEMANTIC_PREFIX_MS = 300;

export type VoiceChange =
  /** `leadFrames`: how many frames ago, this one included, the speech began. */
  { at: 'started'; leadFrames: number } | { at: 'stopped' };

/**
 * Energy voice detection over 20 ms frames. It has no clock: only frames that are written move it (S30).
 * A threshold of 0 to 1 stands for -60 to -30 dBFS, 0.5 for -45.
 */
export class VoiceDetector {
  readonly prefixMs: number;
  readonly #loudDbfs: number;
  readonly #silenceFrames: number;
  #loud = 0;
  #quiet = 0;
  #speaking = false;

  constructor(settings: TurnDetection) {
    const semantic = settings.type === 'semantic_vad';
    this.prefixMs = semantic ? SEMANTIC_PREFIX_MS : settings.prefix_padding_ms;
    this.#loudDbfs = -60 + 30 * (semantic ? SEMANTIC_THRESHOLD : settings.threshold);
    const silenceMs = semantic ? EAGERNESS_SILENCE_MS[settings.eagerness] : settings.silence_duration_ms;
    this.#silenceFrames = Math.max(1, Math.ceil(silenceMs / FRAME_MS));
  }

  get speaking(): boolean {
    return this.#speaking;
  }

  /** Takes the level of one frame (dBFS) and says what changed with it. */
  frame(dbfs: number): VoiceChange | undefined {
    if (dbfs >= this.#loudDbfs) {
      this.#quiet = 0;
      this.#loud += 1;
      if (this.#speaking || this.#loud < ONSET_FRAMES) return undefined;
      this.#speaking = true;
      return { at: 'started', leadFrames: this.#loud };
    }
    this.#loud = 0;
    if (!this.#speaking) return undefined;
    this.#quiet += 1;
    if (this.#quiet < this.#silenceFrames) return undefined;
    this.reset();
    return { at: 'stopped' };
  }

  /** Forgets everything heard so far. */
  reset(): void {
    this.#speaking = false;
    this.#loud = 0;
    this.#quiet = 0;
  }
}
