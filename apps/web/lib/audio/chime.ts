import { audioContext, wakeAudio } from './context.ts';

/** Four notes of a pentatonic chord (Hz), each half overlapping the next. */
const NOTES = [392, 523.25, 659.25, 783.99];
const STEP_S = 0.18;
const RING_S = 0.9;

/** Plays a short chime of our own; resolves with false where this page can make no sound. */
export async function playChime(): Promise<boolean> {
  const context = audioContext();
  if (context === undefined) return false;
  wakeAudio();
  const start = context.currentTime + 0.05;
  NOTES.forEach((frequency, index) => {
    const at = start + index * STEP_S;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.16, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + RING_S);
    gain.connect(context.destination);
    for (const [partial, part] of [
      [1, 1],
      [2.01, 0.3],
    ] as const) {
      const tone = context.createOscillator();
      const level = context.createGain();
      level.gain.value = part;
      tone.frequency.value = frequency * partial;
      tone.connect(level).connect(gain);
      tone.start(at);
      tone.stop(at + RING_S);
    }
  });
  const length = NOTES.length * STEP_S + RING_S;
  await new Promise((resolve) => setTimeout(resolve, length * 1000));
  return context.state === 'running';
}
