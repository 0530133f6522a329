import { SILENCE_DBOV } from '@parley/contract';
import { BANDS, type BandTrack, SLOT_MS, slotAt, SLOTS_PER_FRAME } from './BandTrack.ts';
import { bestLikeness, type Likeness } from './likeness.ts';

/** From the mixer to a loudspeaker, through the air, and back: at most so late (600 ms). */
const MAX_LAG = 600 / SLOT_MS;
/** Nothing comes back sooner. */
const MIN_LAG = 30 / SLOT_MS;
/** A decision every 100 ms. */
const DECIDE_FRAMES = 5;
/** What is compared: 600 ms, and 400 ms so that a first echo is known before it counts as an interruption. */
const WINDOW = 600 / SLOT_MS;
const SHORT_WINDOW = 400 / SLOT_MS;
/** See `likeness` for what unrelated voices come to. */
const SAME = 0.8;
const SAME_SHORT = 0.88;
/** Known already: as good as this confirms it, as bad as this (three times in a row) refutes it. */
const STILL_SAME = 0.7;
const NOT_SAME = 0.35;
const REFUTED = 3;
/** Its loudness is learned from moments that are nearly as pure as the best so far: not while somebody speaks over it. */
const NEARLY = 0.06;
/** The beginning of one sound is like that of another: so much of a window must be filled. */
const FILLED = 0.7;
const ENOUGH = SHORT_WINDOW * FILLED;
/** A known delay wanders by so much at most, 30 ms. */
const WANDER = 3;
/** An echo so much above what is expected (3 dB) is still the echo: gains move, loudspeakers distort. */
const MARGIN = 2;
/** What a room keeps of a sound after 10 ms: it has died away by 60 dB after a third of a second. */
const REVERB = 0.66;
/** No loudspeaker comes back louder than this (10 dB above what was sent). */
const MAX_GAIN = 10;
/** Less than this part of what is heard (-4 dB) is left when the echo is taken away: nobody speaks over it. */
const MOSTLY = 0.4;
/** What is always there: power over 100 ms, its quietest of late (it may rise by 6 dB a second), and what it swings to. */
const SMOOTHING = SLOT_MS / 100;
const NOISE_RISE = 10 ** (0.6 / (1_000 / SLOT_MS));
const NOISE_SWING = 3;
/** How fast the known loudness follows. */
const LEARNING = 0.3;
/** The assistant has been loud for so many decisions, and nothing of it came back: the loudspeaker is off. */
const FORGET_DECISIONS = 30;
/** Of one band (-100 dBov). */
const QUIETEST = 1e-10;
/** Below this a microphone is silent (-55 dBov). */
const AUDIBLE = 10 ** -5.5;

interface EchoPath {
  lag: number;
  /** Power that comes back, by band. */
  readonly gains: Float64Array;
  /** The best likeness so far. */
  best: number;
  missed: number;
  refuted: number;
}

/** What of a frame is somebody speaking here. */
export interface Overheard {
  /** Mostly the assistant's own voice: not to be taken for anybody's. */
  echo: boolean;
  /** Level of what is left without the echo, dBov: the whole frame when there is none. */
  dbov: number;
  /** Just found out, for the first time: what was heard in the last second was no person. */
  found: boolean;
}

/**
 * Tells the assistant's own voice, coming back through a loudspeaker, from somebody who speaks. Learns how late and how
 * loud it comes back, remembers that for the next reply, and takes a frame for speech only as far as it is louder than
 * what is expected back: so somebody who speaks over the echo is still heard.
 */
export class EchoGuard {
  #path: EchoPath | undefined;
  readonly #expected = new Float64Array(BANDS);
  readonly #smooth = new Float64Array(BANDS);
  readonly #noise = new Float64Array(BANDS);
  #frames = 0;
  #enough = false;

  /** The delay in ms of the echo that is known. */
  get delayMs(): number | undefined {
    return this.#path && this.#path.lag * SLOT_MS;
  }

  /** After both tracks have got their frame; `own` with level `dbov`. The tracks have the same clock. */
  update(played: BandTrack, own: BandTrack, dbov: number): Overheard {
    const none = { echo: false, dbov, found: false };
    this.#followNoise(own);
    if (played.quietSlots > MAX_LAG + WINDOW) {
      this.#expected.fill(0);
      return none;
    }
    const before = this.#path;
    if (this.#due(own)) this.#decide(played, own);
    if (!this.#path) return none;
    const { total, left, expected } = this.#subtract(played, own, this.#path);
    if (dbov <= SILENCE_DBOV || total <= 0) return none;
    const part = left / total;
    return {
      echo: expected > 0 && part < MOSTLY,
      dbov: Math.max(SILENCE_DBOV, dbov + 10 * Math.log10(Math.max(part, 1e-12))),
      found: !before,
    };
  }

  /** Every 100 ms, and as soon as enough was heard. */
  #due(own: BandTrack): boolean {
    const enough = own.louder(AUDIBLE, SHORT_WINDOW) >= ENOUGH;
    const first = enough && !this.#enough;
    this.#enough = enough;
    this.#frames = first ? 0 : (this.#frames + 1) % DECIDE_FRAMES;
    return this.#frames === 0;
  }

  /** What is left of the newest frame without the echo that is expected in it. */
  #subtract(
    played: BandTrack,
    own: BandTrack,
    path: EchoPath,
  ): { total: number; left: number; expected: number } {
    let [total, left, expected] = [0, 0, 0];
    for (let slot = own.slots - SLOTS_PER_FRAME; slot < own.slots; slot++) {
      for (let band = 0; band < BANDS; band++) {
        const came = (path.gains[band] ?? 0) * loudestNear(played, slot - path.lag, band);
        const echo = Math.max(came, (this.#expected[band] ?? 0) * REVERB);
        this.#expected[band] = echo;
        const heard = own.power[slotAt(slot) + band] ?? 0;
        total += heard;
        expected += echo;
        left += Math.max(0, heard - MARGIN * echo - NOISE_SWING * (this.#noise[band] ?? 0));
      }
    }
    return { total, left, expected };
  }

  #followNoise(own: BandTrack): void {
    for (let slot = own.slots - SLOTS_PER_FRAME; slot < own.slots; slot++)
      for (let band = 0; band < BANDS; band++) {
        const before = this.#smooth[band] ?? 0;
        const smooth = before + ((own.power[slotAt(slot) + band] ?? 0) - before) * SMOOTHING;
        this.#smooth[band] = smooth;
        this.#noise[band] = Math.min(smooth, Math.max(QUIETEST, (this.#noise[band] ?? 0) * NOISE_RISE));
      }
  }

  #decide(played: BandTrack, own: BandTrack): void {
    if (own.meanPower(0, SHORT_WINDOW) < AUDIBLE) {
      this.#miss(played);
      return;
    }
    const path = this.#path;
    if (path) {
      const near = bestLikeness(played, own, WINDOW, {
        from: Math.max(MIN_LAG, path.lag - WANDER),
        to: Math.min(MAX_LAG, path.lag + WANDER),
      });
      if (near.score >= STILL_SAME) return this.#learn(played, own, near, WINDOW);
      path.refuted = near.score < NOT_SAME ? path.refuted + 1 : 0;
      if (path.refuted >= REFUTED) this.#path = undefined;
    }
    const found = this.#enough ? search(played, own) : undefined;
    if (found) this.#learn(played, own, found.best, found.window);
  }

  /** The assistant was loud, and this microphone heard nothing of it. */
  #miss(played: BandTrack): void {
    const path = this.#path;
    if (!path || played.meanPower(path.lag, SHORT_WINDOW) < AUDIBLE * 10) return;
    path.missed += 1;
    if (path.missed > FORGET_DECISIONS) this.#path = undefined;
  }

  #learn(played: BandTrack, own: BandTrack, { lag, score }: Likeness, window: number): void {
    const known = this.#path && Math.abs(this.#path.lag - lag) <= WANDER ? this.#path : undefined;
    const gains = known?.gains ?? new Float64Array(BANDS);
    const best = Math.max(score, (known?.best ?? 0) - 0.002);
    const rate = !known ? 1 : score >= best - NEARLY ? LEARNING : 0;
    for (let band = 0; band < BANDS; band++) {
      const gain = own.sum(0, window, band) / Math.max(1e-12, played.sum(lag, window, band));
      gains[band] = (gains[band] ?? 0) * (1 - rate) + Math.min(MAX_GAIN, gain) * rate;
    }
    this.#path = { lag, gains, best, missed: 0, refuted: 0 };
  }
}

function search(played: BandTrack, own: BandTrack): { best: Likeness; window: number } | undefined {
  const everywhere = { from: MIN_LAG, to: MAX_LAG };
  for (const [window, same] of [
    [WINDOW, SAME],
    [SHORT_WINDOW, SAME_SHORT],
  ] as const) {
    if (own.louder(AUDIBLE, window) < window * FILLED) continue;
    const best = bestLikeness(played, own, window, everywhere);
    if (best.score >= same) return { best, window };
  }
  return undefined;
}

/** The delay is known to 10 ms, and a window covers 20: the loudest of three. */
function loudestNear({ power }: BandTrack, slot: number, band: number): number {
  return Math.max(
    power[slotAt(slot - 1) + band] ?? 0,
    power[slotAt(slot) + band] ?? 0,
    power[slotAt(slot + 1) + band] ?? 0,
  );
}
