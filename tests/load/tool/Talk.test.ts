import { expect, test } from 'vitest';
import { Talk } from './Talk.ts';
import { CYCLE_MS, TALK_MS } from './script.ts';
import { loadVoices } from './voices.ts';

const voices = await loadVoices();

/** What two bots send in the frames of some time. */
function play(ms: number, { silent = false } = {}) {
  const sent: { bot: number; frame: number; bytes: number; skippedFrames: number }[] = [];
  let frame = 0;
  const bots = [0, 1].map((bot) => ({
    send: (payload: Uint8Array, skippedFrames: number) =>
      sent.push({ bot, frame, bytes: payload.length, skippedFrames }),
  }));
  const talk = new Talk(bots, voices, 1, 0);
  talk.silent = silent;
  for (; frame < ms / 20; frame++) talk.tick(frame * 20);
  return { sent, talk };
}

test('in silence a packet of noise every 420 ms, and an empty one behind it; the clock goes on', () => {
  const { sent, talk } = play(4_000, { silent: true });
  const own = sent.filter(({ bot }) => bot === 0);
  expect(own.filter(({ bytes }) => bytes > 20).map(({ frame }) => frame % 21)).toEqual(
    Array.from({ length: 9 }, () => own[0]?.frame),
  );
  expect(own.filter(({ bytes }) => bytes === 1).map(({ frame }) => frame - 1)).toEqual(
    own.filter(({ bytes }) => bytes > 20).map(({ frame }) => frame),
  );
  for (const [index, { frame, skippedFrames }] of own.entries())
    expect(frame - (own[index - 1]?.frame ?? -1) - 1).toBe(skippedFrames);
  expect(talk.begun).toEqual([]);
});

test('who speaks sends every frame, ends with an empty one, and the next cycle is somebody else’s', () => {
  const { sent, talk } = play(CYCLE_MS + 1_000);
  const own = sent.filter(({ bot, frame }) => bot === 0 && frame * 20 < TALK_MS + 400);
  expect(own.map(({ frame }) => frame)).toEqual(Array.from({ length: TALK_MS / 20 + 1 }, (_, i) => i));
  expect(own.at(-1)?.bytes).toBe(1);
  expect(talk.begun.map(({ bot }) => bot)).toEqual([0, 1]);
  expect(talk.ended).toHaveLength(1);
});
