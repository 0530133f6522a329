import { Application, createEncoder } from 'libopus-wasm';
import { levelDbov } from '@parley/mixer/audio/level';
import { RATE, speech, VOICES } from '../../support/audio/voices.ts';

const FRAME = (RATE * 20) / 1000;

export interface EncodedVoice {
  /** Opus, one packet for each 20 ms, to be said again and again. */
  packets: readonly Uint8Array[];
  /** Of each packet, dBov: what a sender may tell of it (RFC 6464). */
  levels: readonly number[];
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
      const levels: number[] = [];
      for (let at = 0; at + FRAME <= pcm.length; at += FRAME) {
        const frame = pcm.subarray(at, at + FRAME);
        packets.push(Uint8Array.from(encoder.encode(frame)));
        levels.push(levelDbov(frame));
      }
      encoder.free();
      return { packets, levels, pcm };
    }),
  );
}
