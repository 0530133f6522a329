import { findIn } from './correlate.ts';
import { RATE, speech, type TestVoice } from './voices.ts';

/** How much of a voice is in a recording: the best match of its first seconds, 0…1. */
export async function presence(voice: TestVoice, recording: Int16Array): Promise<number> {
  const pcm = await speech(voice);
  const starts = [0.5, 1, 1.5, 2, 2.5].map((seconds) => seconds * RATE);
  return Math.max(...starts.map((at) => findIn(pcm.subarray(at, at + RATE), recording).score));
}
