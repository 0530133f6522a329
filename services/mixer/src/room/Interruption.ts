import { FRAME_MS, type ConversationSettings, type ParticipantId } from '@parley/contract';

export type BargeInSettings = ConversationSettings['bargeIn'];

/** none: nobody speaks · duck: somebody may be about to · cut: somebody does. */
export type Verdict = 'none' | 'duck' | 'cut';

/**
 * From here on the reply is lowered: long enough not to flutter with every click, soon enough to be heard at the devices
 * within 0.3 s of the first sound, since network and jitter buffers take half of that.
 */
export const DUCK_FROM_MS = 80;
/** A stop consonant is no pause. */
const FREE_GAP_MS = 60;
/** A pause of a breath; whatever follows is new speech. */
const FORGET_MS = 300;

interface Voice {
  speechMs: number;
  gapMs: number;
}

/**
 * How long each voice has been speaking, and what follows from it. A pause takes away what it lasts, so that a cough,
 * a keyboard or an "mm-hm" does not add up; two people who agree at once are not one who interrupts.
 */
export class Interruption {
  #settings: BargeInSettings;
  readonly #voices = new Map<ParticipantId, Voice>();
  #quietMs = Infinity;
  #verdict: Verdict = 'none';

  constructor(settings: BargeInSettings) {
    this.#settings = settings;
  }

  configure(settings: BargeInSettings): void {
    this.#settings = settings;
  }

  get enabled(): boolean {
    return this.#settings.enabled;
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  /** Since anybody was last heard, ms. */
  get quietMs(): number {
    return this.#quietMs;
  }

  /** That voice was none: it was an echo. */
  forget(id: ParticipantId): void {
    this.#voices.delete(id);
  }

  /** One frame of 20 ms: whose real speech is in it. */
  update(voiced: ReadonlySet<ParticipantId>): Verdict {
    this.#quietMs = voiced.size > 0 ? 0 : this.#quietMs + FRAME_MS;
    let longestMs = 0;
    for (const id of voiced) if (!this.#voices.has(id)) this.#voices.set(id, { speechMs: 0, gapMs: 0 });
    for (const [id, voice] of this.#voices) {
      if (voiced.has(id)) {
        voice.speechMs += FRAME_MS;
        voice.gapMs = 0;
      } else {
        voice.gapMs += FRAME_MS;
        if (voice.gapMs > FREE_GAP_MS) voice.speechMs -= FRAME_MS;
        if (voice.speechMs <= 0 || voice.gapMs >= FORGET_MS) this.#voices.delete(id);
      }
      longestMs = Math.max(longestMs, voice.gapMs >= FORGET_MS ? 0 : voice.speechMs);
    }
    return (this.#verdict = this.#judge(longestMs));
  }

  #judge(speechMs: number): Verdict {
    const { enabled, minSpeechMs } = this.#settings;
    if (!enabled || speechMs <= 0) return 'none';
    if (speechMs >= minSpeechMs) return 'cut';
    return speechMs >= DUCK_FROM_MS ? 'duck' : 'none';
  }
}
