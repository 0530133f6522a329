import { VoiceGate } from './level.ts';

/** A voice stands out of what is always there by this much, dB. */
const ABOVE_NOISE_DB = 9;
/** Noise that begins is taken for noise after some seconds: 6 dB a second, per frame of 20 ms. */
const RISE_DB = 6 / 50;
/** No microphone in a room is quieter. */
const LOWEST_DBOV = -75;

/** A voice gate that does not open for a fan or a street: it follows the quietest that was heard lately. */
export class SpeechGate {
  readonly #gate = new VoiceGate();
  #noiseDbov = LOWEST_DBOV;

  /** Takes the level of the next frame (dBov, -Infinity when silent), says whether somebody speaks in it. */
  update(dbov: number): boolean {
    const open = this.#gate.update(dbov);
    this.#noiseDbov = Math.max(LOWEST_DBOV, Math.min(dbov, this.#noiseDbov + RISE_DB));
    return open && dbov >= this.#noiseDbov + ABOVE_NOISE_DB;
  }
}
