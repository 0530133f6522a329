import { createDecoder, createEncoder, Application, EncoderCtl, Signal } from 'libopus-wasm';
import type { OpusDecoderHandle, OpusEncoderHandle } from 'libopus-wasm';
import { FRAME_SAMPLES, SAMPLE_RATE } from '@parley/contract';
import type { Codec, OpusDecoder, OpusEncoder } from './codec.ts';
import { SILENT_PACKET } from './silence.ts';
import { Spares } from './Spares.ts';

export interface EncoderTuning {
  bitrate?: number;
  /** 0…10. Ten costs 1.6 times as much as five and is hard to tell from it. */
  complexity?: number;
  /** Sends next to nothing while it is silent. */
  dtx?: boolean;
  /** libopus adds FEC only when it expects loss; this much, in percent. */
  expectedLossPercent?: number;
}

/** CELT needs more bits for speech than SILK does. */
const LIGHT_BITRATE = 48_000;

/**
 * Loads libopus (WebAssembly, once per process). The encoder: mono, 24 kHz, 32 kbit/s, voip, in-band FEC.
 * The library makes a coder only asynchronously, `Codec` at once: a few are kept ready. Whoever outruns them (dozens in
 * one turn of the event loop) hears silence until the next turn.
 */
export async function loadOpus(tuning: EncoderTuning = {}): Promise<Codec> {
  const decoders = new Spares(32, () => createDecoder({ sampleRate: SAMPLE_RATE, channels: 1 }));
  const encoders = new Spares(8, () =>
    createEncoder({
      sampleRate: SAMPLE_RATE,
      channels: 1,
      frameSize: FRAME_SAMPLES,
      application: Application.Voip,
      signal: Signal.Voice,
      bitrate: tuning.bitrate ?? 32_000,
      complexity: tuning.complexity ?? 5,
      dtx: tuning.dtx ?? false,
      fec: true,
      packetLossPercent: tuning.expectedLossPercent ?? 10,
    }),
  );
  // CELT alone: 33 µs for a frame in place of 240, and 2.5 ms of look-ahead in place of 6.5. Complexity 3 costs a tenth more
  // and is no nearer to the original (19.2 dB, both).
  const light = new Spares(8, async () => {
    const encoder = await createEncoder({
      sampleRate: SAMPLE_RATE,
      channels: 1,
      frameSize: FRAME_SAMPLES,
      application: Application.RestrictedLowDelay,
      bitrate: LIGHT_BITRATE,
      complexity: 1,
    });
    // Each packet stands alone: a listener is handed from one encoder to another, whose past is not what it has heard. With
    // prediction every tenth such change made a frame 9 dB too loud; without it 0.2 dB, and sound and size stay the same.
    encoder.encoderCtl(EncoderCtl.SetPredictionDisabled, 1);
    return encoder;
  });
  await Promise.all([decoders.fill(), encoders.fill(), light.fill()]);
  return {
    decoder: () => new Decoder(decoders),
    encoder: (encoding = 'robust') => new Encoder(encoding === 'light' ? light : encoders),
  };
}

class Decoder implements OpusDecoder {
  readonly #spares: Spares<OpusDecoderHandle>;
  #handle: OpusDecoderHandle | undefined;
  #closed = false;

  constructor(spares: Spares<OpusDecoderHandle>) {
    this.#spares = spares;
    this.#handle = spares.take();
  }

  decode(packet: Uint8Array): Int16Array {
    return this.#live()?.decode(packet) ?? new Int16Array(FRAME_SAMPLES);
  }

  decodeFec(packet: Uint8Array): Int16Array {
    return (
      this.#live()?.decode(packet, { decodeFec: true, frameSize: FRAME_SAMPLES }) ??
      new Int16Array(FRAME_SAMPLES)
    );
  }

  conceal(samples: number): Int16Array {
    return this.#live()?.decodePacketLoss(samples) ?? new Int16Array(samples);
  }

  close(): void {
    this.#closed = true;
    this.#handle?.free();
    this.#handle = undefined;
  }

  #live(): OpusDecoderHandle | undefined {
    if (this.#closed) throw new Error('this Opus decoder is closed');
    return (this.#handle ??= this.#spares.take());
  }
}

class Encoder implements OpusEncoder {
  readonly #spares: Spares<OpusEncoderHandle>;
  #handle: OpusEncoderHandle | undefined;
  #closed = false;

  constructor(spares: Spares<OpusEncoderHandle>) {
    this.#spares = spares;
    this.#handle = spares.take();
  }

  encode(frame: Int16Array): Uint8Array {
    if (this.#closed) throw new Error('this Opus encoder is closed');
    this.#handle ??= this.#spares.take();
    return this.#handle?.encode(frame, { frameSize: frame.length }) ?? SILENT_PACKET;
  }

  close(): void {
    this.#closed = true;
    this.#handle?.free();
    this.#handle = undefined;
  }
}
