import { Application, createEncoder, type OpusEncoderHandle } from 'libopus-wasm';
import { RATE } from './voices.ts';

/** Speech as a browser or gateway encodes it: 24 kHz mono, frames of 20 ms (480 samples), 32 kbit/s. The caller frees it. */
export const voiceEncoder = ({ dtx = false } = {}): Promise<OpusEncoderHandle> =>
  createEncoder({
    sampleRate: RATE,
    channels: 1,
    frameSize: (RATE * 20) / 1000,
    application: Application.Voip,
    bitrate: 32_000,
    complexity: 5,
    dtx,
  });
