import { FRAME_SAMPLES, SAMPLE_RATE } from '@parley/contract';
import { Application, createDecoder, createEncoder, Signal } from 'libopus-wasm';

/** Frames that FEC and concealment bridge; what is missing beyond is a pause, which the input clock does not count. */
const MAX_BRIDGED = 5;

/** Opus as a call speaks it: mono, 24 kHz, 20 ms, with FEC. */
export interface CallCodec {
  /** One packet of 480 samples. */
  encode(frame: Int16Array): Uint8Array;
  /** The samples of a packet, and before them those of `lost` frames that should have come between. Broken: none. */
  decode(packet: Uint8Array, lost: number): Int16Array[];
  /** Harmless twice. */
  close(): void;
}

export async function openCodec(): Promise<CallCodec> {
  const [encoder, decoder] = await Promise.all([
    createEncoder({
      sampleRate: SAMPLE_RATE,
      channels: 1,
      frameSize: FRAME_SAMPLES,
      application: Application.Voip,
      signal: Signal.Voice,
      bitrate: 32_000,
      complexity: 5,
      fec: true,
      packetLossPercent: 5,
    }),
    createDecoder({ sampleRate: SAMPLE_RATE, channels: 1 }),
  ]);
  let open = true;
  return {
    encode: (frame) => encoder.encode(frame, { frameSize: frame.length }).slice(),
    decode: (packet, lost) => {
      if (!open) return [];
      const parts: Int16Array[] = [];
      try {
        const bridged = Math.min(lost, MAX_BRIDGED);
        for (let frame = 1; frame < bridged; frame += 1)
          parts.push(decoder.decodePacketLoss(FRAME_SAMPLES).slice());
        if (bridged > 0)
          parts.push(decoder.decode(packet, { decodeFec: true, frameSize: FRAME_SAMPLES }).slice());
        parts.push(decoder.decode(packet).slice());
      } catch {
        // Not Opus: as good as lost.
      }
      return parts;
    },
    close: () => {
      if (!open) return;
      open = false;
      encoder.free();
      decoder.free();
    },
  };
}
