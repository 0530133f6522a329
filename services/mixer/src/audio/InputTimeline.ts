import { FRAME_MS, type ParticipantId } from '@parley/contract';
import { VoiceGate } from './level.ts';

export interface TurnShare {
  participantId: ParticipantId;
  /** Part of the turn's spoken frames, 0…1: somebody is voiced in them, or pauses between two words. */
  share: number;
}

export interface TurnAttribution {
  /** Most first; the shares add up to 1; empty when nobody was heard. */
  speakers: TurnShare[];
  /** Part of the spoken frames in which two or more spoke at once, 0…1. */
  overlap: number;
}

interface Track {
  readonly gate: VoiceGate;
  /**
   * Per frame: the level + 127 (1…127) when voiced, minus that of the fainter neighbour in a pause between words, else 0.
   * A ring.
   */
  readonly spoken: Int8Array;
  lastVoicedFrame: number;
}

/** A voice this much fainter than the loudest (20 dB) is what its microphone hears of the other: no second speaker. */
const CROSSTALK = 0.01;
/** Shorter pauses are part of the speech around them: the hangover of 200 ms of ITU-T P.56. */
const PAUSE_FRAMES = 200 / FRAME_MS;
const FRAMES_KEPT = (10 * 60 * 1000) / FRAME_MS;
/** Smaller shares are a cough or a door: not worth a name. */
const MIN_SHARE = 0.03;
/** Power of a level as it is kept, relative: 10 dB are ten times the power. */
const POWER = Float64Array.from({ length: 128 }, (_, kept) => 10 ** ((kept - 127) / 10));

/** Who was heard when, on the clock of the audio that was sent to the provider; the last 10 minutes of it. */
export class InputTimeline {
  readonly #tracks = new Map<ParticipantId, Track>();
  #frames = 0;
  #voicedFrame = -Infinity;

  /** One more frame of 20 ms was sent. `voices` holds the level (dBov) of each source in it; who is missing was silent. */
  advance(voices: ReadonlyMap<ParticipantId, number>): void {
    const at = this.#frames % FRAMES_KEPT;
    for (const participantId of voices.keys())
      if (!this.#tracks.has(participantId)) this.#begin(participantId);
    for (const [participantId, track] of this.#tracks) {
      const level = voices.get(participantId) ?? -Infinity;
      const voiced = track.gate.update(level);
      track.spoken[at] = voiced ? 127 + Math.max(-126, Math.min(0, Math.round(level))) : 0;
      if (voiced) this.#spoke(track);
      else if (this.#frames - track.lastVoicedFrame > FRAMES_KEPT) this.#tracks.delete(participantId);
    }
    this.#frames++;
  }

  /** What was taken for this voice in the last `ms` was none. */
  retract(participantId: ParticipantId, ms: number): void {
    const track = this.#tracks.get(participantId);
    if (!track) return;
    const from = Math.max(0, this.#frames - Math.ceil(ms / FRAME_MS));
    for (let frame = from; frame < this.#frames; frame++) track.spoken[frame % FRAMES_KEPT] = 0;
  }

  /** Audio sent so far, ms. */
  get inputMs(): number {
    return this.#frames * FRAME_MS;
  }

  /** How much of it came since somebody was last heard, ms. */
  get quietMs(): number {
    return (this.#frames - 1 - this.#voicedFrame) * FRAME_MS;
  }

  /**
   * Who spoke between two moments of the input, ms. A frame belongs to who is voiced in it; when several are, each has
   * the part of it that is his part of the power. A frame between words, when nobody is, belongs to who pauses in it.
   * Moments beyond what is known are left out.
   */
  turn(startMs: number, endMs: number): TurnAttribution {
    const from = Math.max(0, this.#frames - FRAMES_KEPT, Math.floor(startMs / FRAME_MS));
    const to = Math.min(this.#frames, Math.ceil(endMs / FRAME_MS));
    const weights = new Map<ParticipantId, number>();
    let spokenFrames = 0;
    let overlapped = 0;
    for (let frame = from; frame < to; frame++) {
      const { voices, sign, power } = this.#heardIn(frame);
      if (voices === 0) continue;
      spokenFrames++;
      if (voices > 1) overlapped++;
      for (const [participantId, track] of this.#tracks) {
        const kept = (track.spoken[frame % FRAMES_KEPT] ?? 0) * sign;
        if (kept > 0) weights.set(participantId, (weights.get(participantId) ?? 0) + powerOf(kept) / power);
      }
    }
    if (spokenFrames === 0) return { speakers: [], overlap: 0 };
    return { speakers: toShares(weights, spokenFrames), overlap: overlapped / spokenFrames };
  }

  /** How many speak, and the power of those to whom the frame belongs: who is voiced (sign 1), else who pauses (-1). */
  #heardIn(frame: number): { voices: number; sign: 1 | -1; power: number } {
    const at = frame % FRAMES_KEPT;
    let loudest = 0;
    let voiced = 0;
    let paused = 0;
    for (const { spoken } of this.#tracks.values()) {
      const kept = spoken[at] ?? 0;
      if (kept === 0) continue;
      const power = powerOf(kept);
      loudest = Math.max(loudest, power);
      if (kept > 0) voiced += power;
      else paused += power;
    }
    let voices = 0;
    for (const { spoken } of this.#tracks.values()) {
      const kept = spoken[at] ?? 0;
      if (kept !== 0 && powerOf(kept) >= loudest * CROSSTALK) voices++;
    }
    return voiced > 0 ? { voices, sign: 1, power: voiced } : { voices, sign: -1, power: paused };
  }

  /** The newest frame is voiced: so what was a short silence until now is known as a pause between words. */
  #spoke(track: Track): void {
    const level = (frame: number) => track.spoken[frame % FRAMES_KEPT] ?? 0;
    const before = track.lastVoicedFrame;
    const pause = this.#frames - before - 1;
    if (pause > 0 && pause <= PAUSE_FRAMES && level(before) > 0)
      for (let frame = before + 1; frame < this.#frames; frame++)
        track.spoken[frame % FRAMES_KEPT] = -Math.min(level(before), level(this.#frames));
    this.#voicedFrame = track.lastVoicedFrame = this.#frames;
  }

  #begin(participantId: ParticipantId): void {
    this.#tracks.set(participantId, {
      gate: new VoiceGate(),
      spoken: new Int8Array(FRAMES_KEPT),
      lastVoicedFrame: this.#frames,
    });
  }
}

const powerOf = (kept: number): number => POWER[Math.abs(kept)] ?? 0;

function toShares(weights: ReadonlyMap<ParticipantId, number>, total: number): TurnShare[] {
  const kept = [...weights].filter(([, weight]) => weight / total >= MIN_SHARE);
  const sum = kept.reduce((all, [, weight]) => all + weight, 0);
  return kept
    .map(([participantId, weight]) => ({ participantId, share: weight / sum }))
    .sort((a, b) => b.share - a.share);
}
