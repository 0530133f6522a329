import { FRAME_SAMPLES, newParticipantId } from '@parley/contract';
import { beforeAll, expect, test } from 'vitest';
import type { Codec } from '../audio/codec.ts';
import { levelDbov } from '../audio/level.ts';
import { loadOpus } from '../audio/opus.ts';
import { readRtp } from '../audio/rtp.ts';
import { bestMatch } from '../audio/testing/compare.ts';
import { mute, speech } from '../audio/testing/speech.ts';
import { anna, ben, roomWorld, speak } from '../testing/roomWorld.ts';
import { heardIn, packetsOf } from '../testing/speaking.ts';

let codec: Codec;
beforeAll(async () => {
  codec = await loadOpus();
});

const wishes = { ip: '127.0.0.1', port: 5_004, payloadType: 111 };

/** Two microphones and somebody who only listens by plain RTP. */
async function listened() {
  const world = roomWorld(codec);
  const [one, two] = [world.join(anna).speakInto(), world.join(ben).speakInto()];
  await world.room.joinRtp({ id: newParticipantId(), name: 'Gateway', role: 'speaker' }, wishes);
  const [line] = world.lines;
  if (!line) throw new Error('No line');
  return { world, one, two, line };
}

test('one voice alone reaches plain RTP as it came', async () => {
  const { world, one, line } = await listened();
  const pcm = speech({ seed: 1, ms: 1_000 });
  speak(world, [{ microphone: one, pcm }]);
  const sent = packetsOf(codec, pcm).map((packet) => Buffer.from(readRtp(packet)?.payload ?? []));
  const heard = line.heard.map(({ payload }) => Buffer.from(payload));
  expect(
    heard.slice(0, 50).filter((payload, index) => payload.equals(sent[index] ?? Buffer.of())),
  ).toHaveLength(50);
});

test('two voices are mixed, and one of them is handed on again when it has been alone for half a second', async () => {
  const { world, one, two, line } = await listened();
  const long = speech({ seed: 1, ms: 3_000 });
  const short = mute(speech({ seed: 2, ms: 1_600 }), 0, 1_000);
  speak(world, [
    { microphone: one, pcm: long },
    { microphone: two, pcm: short },
  ]);
  const sent = new Set(
    packetsOf(codec, long).map((packet) => Buffer.from(readRtp(packet)?.payload ?? []).toString('hex')),
  );
  const asItCame = line.heard.map(({ payload }) => sent.has(Buffer.from(payload).toString('hex')));
  const mixed = [asItCame.indexOf(false), asItCame.indexOf(true, asItCame.indexOf(false))];
  expect(mixed[0]).toBeLessThanOrEqual(52);
  expect((mixed[1] ?? 0) - (mixed[0] ?? 0)).toBeGreaterThanOrEqual(30 + 25);
  expect(asItCame.slice(mixed[1], 145).every(Boolean)).toBe(true);
});

test('who is handed from one encoder to another hears no jump', async () => {
  const { world, one, two, line } = await listened();
  const first = speech({ seed: 3, ms: 6_000 });
  const second = speech({ seed: 4, ms: 6_000, amplitude: 0.2 });
  for (let ms = 0; ms < 6_000; ms += 1_000) mute(second, ms, ms + 700);
  speak(world, [
    { microphone: one, pcm: first },
    { microphone: two, pcm: second },
  ]);
  const said = first.map((sample, at) => sample + (second[at] ?? 0));
  const heard = heardIn(codec, line.heard);
  const { lag, correlation } = bestMatch(said, heard, 1_200);
  expect(correlation).toBeGreaterThan(0.8);
  const level = (pcm: Int16Array, at: number) => levelDbov(pcm.subarray(at, at + FRAME_SAMPLES));
  const louder: number[] = [];
  for (let at = 0; at + FRAME_SAMPLES + lag <= said.length; at += FRAME_SAMPLES)
    louder.push(level(heard, at + lag) - level(said, at));
  expect(Math.max(...louder)).toBeLessThanOrEqual(4);
});
