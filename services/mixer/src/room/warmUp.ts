import { FRAME_SAMPLES, SAMPLE_RATE } from '@parley/contract';
import type { Codec } from '../audio/codec.ts';

/** 3 s of speech-like frames: by then the engine has compiled the codec's hot code. */
const FRAMES = 150;

/**
 * Codes and decodes a little before anybody listens. WebAssembly begins in a quick and slow form; without this the first
 * room of a process would hear its first second late (measured on two busy cores: 9 ms per frame instead of 2).
 */
export function warmUp(codec: Codec): void {
  const encoder = codec.encoder();
  const decoder = codec.decoder();
  const frame = new Int16Array(FRAME_SAMPLES);
  for (let index = 0; index < FRAMES; index++) {
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const seconds = (index * FRAME_SAMPLES + i) / SAMPLE_RATE;
      const pitch = 2 * Math.PI * (120 + 40 * Math.sin(seconds * 7));
      frame[i] = 6_000 * Math.sin(pitch * seconds) + 2_000 * Math.sin(7.3 * pitch * seconds);
    }
    decoder.decode(encoder.encode(frame));
    if (index % 10 === 0) decoder.conceal(FRAME_SAMPLES);
  }
  encoder.close();
  decoder.close();
}
