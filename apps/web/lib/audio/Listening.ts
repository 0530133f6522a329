import { SILENCE_DBOV } from '@parley/contract';
import { audioContext } from './context.ts';

/** Watches the sound of a track without playing it. `close` unhooks it; the track stays the caller's. */
export class Listening {
  readonly #source: MediaStreamAudioSourceNode | undefined;
  readonly #analyser: AnalyserNode | undefined;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(track: MediaStreamTrack, fftSize = 1024) {
    const context = audioContext();
    this.#samples = new Float32Array(fftSize);
    if (context === undefined) return;
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = fftSize;
    this.#source.connect(this.#analyser);
  }

  /** The newest samples, -1…1. The same array every time. */
  samples(): Float32Array {
    this.#analyser?.getFloatTimeDomainData(this.#samples);
    return this.#samples;
  }

  /** Level of the newest samples in dBov, -127…0. */
  level(): number {
    return levelOf(this.samples());
  }

  close(): void {
    this.#source?.disconnect();
    this.#analyser?.disconnect();
  }
}

/** RMS in dBov (RFC 6464: 0 is the loudest, -127 silence) of samples -1…1. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  return rms === 0 ? SILENCE_DBOV : Math.max(SILENCE_DBOV, 20 * Math.log10(rms));
}
