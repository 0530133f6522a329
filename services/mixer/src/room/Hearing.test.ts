import { FRAME_SAMPLES, newParticipantId, type ParticipantId } from '@parley/contract';
import { beforeEach, expect, test } from 'vitest';
import { levelDbov } from '../audio/level.ts';
import { largestStep } from '../audio/testing/compare.ts';
import { acrossRoom, chatter } from '../audio/testing/chatter.ts';
import { Hearing } from './Hearing.ts';

const [anna, ben] = [newParticipantId(), newParticipantId()];
let silenced: ParticipantId[];
let compared: number;
let hearing: Hearing;

beforeEach(() => {
  silenced = [];
  compared = 0;
  hearing = new Hearing({
    silenced: (_levels, into) => silenced.forEach((id) => into.add(id)),
    compare: () => (compared += 1),
  });
});

/** One frame after another of what each microphone hears and the assistant says. */
function run(ms: number, microphones: [ParticipantId, Int16Array][], reply: Int16Array = new Int16Array()) {
  const seen = {
    mix: [] as Int16Array[],
    voices: new Set<ParticipantId>(),
    echoes: 0,
    found: 0,
    speaking: 0,
  };
  for (let at = 0; at < ms * 24; at += FRAME_SAMPLES) {
    const heard = hearing.sift(
      microphones.map(([id, pcm]) => {
        const frame = pcm.subarray(at, at + FRAME_SAMPLES);
        const silent = frame.length < FRAME_SAMPLES;
        return { id, frame: silent ? undefined : frame, dbov: silent ? -Infinity : levelDbov(frame) };
      }),
    );
    seen.mix.push(...heard.frames.map((frame) => frame.slice()));
    for (const id of heard.voices.keys()) seen.voices.add(id);
    seen.echoes += heard.echoes.size;
    seen.found += heard.found.size;
    seen.speaking += heard.speaking.size;
    const said = reply.subarray(at, at + FRAME_SAMPLES);
    hearing.played(said.length === FRAME_SAMPLES ? said : undefined);
  }
  return seen;
}
const levelOf = (frames: Int16Array[]) => Math.max(...frames.map((frame) => levelDbov(frame)));

test('a voice passes as it is', () => {
  const voice = chatter({ seed: 1, ms: 1_000 });
  const { mix, voices, speaking } = run(1_000, [[anna, voice]]);
  expect(mix[10]).toEqual(voice.subarray(10 * FRAME_SAMPLES, 11 * FRAME_SAMPLES));
  expect([...voices]).toEqual([anna]);
  expect(speaking).toBeGreaterThan(25);
  expect(compared).toBe(50);
});

test('M75 an echo is no speaker and hardly in the mix, once it is known', () => {
  const reply = chatter({ seed: 2, ms: 8_000 });
  const echo = acrossRoom(reply, { delayMs: 200, gain: 0.5 });
  const first = run(2_000, [[anna, echo]], reply);
  expect(first.found).toBe(1);
  const rest = run(6_000, [[anna, echo.subarray(2_000 * 24)]], reply.subarray(2_000 * 24));
  expect(rest.found).toBe(0);
  expect(rest.speaking).toBeLessThan(15);
  expect(rest.echoes).toBeGreaterThan(230);
  const pure = rest.mix.filter((frame) => levelDbov(frame) < levelOf([echo]) - 20);
  expect(pure.length / rest.mix.length).toBeGreaterThan(0.8);
  // The assistant was heard: nothing to be learned about who is in one room.
  expect(compared).toBeLessThanOrEqual(1);
});

test('M77 a microphone that is not the best of its group fades out, and in again', () => {
  const voice = Int16Array.from({ length: 24_000 }, (_, i) => 8_000 * Math.sin(i / 20));
  run(100, [
    [anna, voice],
    [ben, voice],
  ]);
  silenced = [ben];
  const out = run(200, [[ben, voice.subarray(100 * 24)]]);
  expect(out.mix).toHaveLength(1);
  expect([...out.voices]).toEqual([]);
  expect(out.speaking).toBe(0);
  silenced = [];
  const back = run(200, [[ben, voice.subarray(300 * 24)]]);
  expect(back.mix).toHaveLength(10);
  expect(largestStep(back.mix[0] ?? new Int16Array())).toBeLessThan(450);
});

test('one that is muted and comes back is on the same clock; one that left is forgotten', () => {
  const reply = chatter({ seed: 3, ms: 6_000 });
  const echo = acrossRoom(reply, { delayMs: 150, gain: 0.5 });
  run(1_000, [
    [anna, new Int16Array()],
    [ben, new Int16Array()],
  ]);
  run(1_000, []);
  expect(run(3_000, [[anna, echo]], reply).found).toBe(1);
  hearing.left(anna);
  hearing.forget();
  expect(run(1_000, [[anna, echo.subarray(72_000)]], reply.subarray(72_000)).voices).toContain(anna);
});
