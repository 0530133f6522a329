import { FRAME_SAMPLES } from '@parley/contract';
import type { Codec } from '../audio/codec.ts';
import { RtpWriter } from '../audio/rtp.ts';

/** What a microphone sends for `pcm` (24 kHz): one packet per 20 ms. */
export function packetsOf(codec: Codec, pcm: Int16Array, ssrc = 1): Buffer[] {
  const encoder = codec.encoder();
  const writer = new RtpWriter({ ssrc, payloadType: 100 });
  const packets: Buffer[] = [];
  for (let at = 0; at + FRAME_SAMPLES <= pcm.length; at += FRAME_SAMPLES)
    packets.push(writer.write(encoder.encode(pcm.subarray(at, at + FRAME_SAMPLES)), { marker: at === 0 }));
  encoder.close();
  return packets;
}

/** What somebody hears of Opus packets, in one piece. */
export function heardIn(codec: Codec, packets: readonly { payload: Uint8Array }[]): Int16Array {
  const decoder = codec.decoder();
  const frames = packets.map(({ payload }) => decoder.decode(payload).slice());
  decoder.close();
  const pcm = new Int16Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    pcm.set(frame, at);
    at += frame.length;
  }
  return pcm;
}
