import { Application, createEncoder } from 'libopus-wasm';
import { RATE, speech, VOICES } from '../../support/audio/voices.ts';

const FRAME = (RATE * 20) / 1000;

export interface EncodedVoice {
  /** Opus, one packet for each 20 ms, to be said again and again. */
  packets: readonly Uint8Array[];
  /** 24 kHz mono. */
  pcm: Int16Array;
}

/** Each voice is encoded once, for all bots that speak with it. */
export async function loadVoices(): Promise<EncodedVoice[]> {
  return Promise.all(
    VOICES.map(async (name) => {
      const pcm = await speech(name);
      const encoder = await createEncoder({
        sampleRate: RATE,
        channels: 1,
        frameSize: FRAME,
        application: Application.Voip,
        bitrate: 32_000,
        complexity: 5,
      });
      const packets: Uint8Array[] = [];
      for (let at = 0; at + FRAME <= pcm.length; at += FRAME)
        packets.push(Uint8Array.from(encoder.encode(pcm.subarray(at, at + FRAME))));
      encoder.free();
      return { packets, pcm };
    }),
  );
}
