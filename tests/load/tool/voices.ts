import { levelDbov } from '@parley/mixer/audio/level';
import { voiceEncoder } from '../../support/audio/voiceEncoder.ts';
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
      const encoder = await voiceEncoder();
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

/** About -70 dBov, as a quiet room has it. */
const NOISE_PEAK = 18;
/** libopus takes 200 ms to be sure of a silence. */
const SETTLED_FRAMES = 50;

/** What libopus sends now and then of a silent microphone when it has DTX: one ordinary packet of 20 ms. */
export async function faintNoise(): Promise<Uint8Array> {
  const encoder = await voiceEncoder({ dtx: true });
  let noise = new Uint8Array();
  for (let frame = 0; frame < SETTLED_FRAMES; frame++) {
    const pcm = Int16Array.from({ length: FRAME }, () => Math.round((Math.random() * 2 - 1) * NOISE_PEAK));
    const packet = encoder.encode(pcm);
    if (packet.length > 2) noise = Uint8Array.from(packet);
  }
  encoder.free();
  return noise;
}
