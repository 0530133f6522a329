import { FRAME_SAMPLES } from '@parley/contract';
import { beforeAll, expect, test } from 'vitest';
import type { Codec } from '../audio/codec.ts';
import { loadOpus } from '../audio/opus.ts';
import { packetOf } from '../audio/packets.ts';
import { ReplyPackets } from './ReplyPackets.ts';

let codec: Codec;
beforeAll(async () => {
  codec = await loadOpus();
});

/** Packets of a tone whose sequence numbers wrap. */
function packets(count: number) {
  const encoder = codec.encoder();
  return Array.from({ length: count }, (_, index) => {
    const frame = Int16Array.from({ length: FRAME_SAMPLES }, (__, i) =>
      Math.round(8_000 * Math.sin((index * FRAME_SAMPLES + i) / 9)),
    );
    return { sequenceNumber: (65_533 + index) & 0xffff, ssrc: 1, payload: encoder.encode(frame).slice() };
  });
}
const play = (reply: ReplyPackets, list: ReturnType<typeof packets>) => [
  ...list.flatMap((packet) => reply.put(packet)),
  ...reply.flush(),
];

test('M81 each packet is handed on as it came, with its samples', () => {
  const sent = packets(8);
  const frames = play(new ReplyPackets(codec), sent);
  expect(frames.map((frame) => packetOf(frame))).toEqual(sent.map(({ payload }) => payload));
  expect(frames.every((frame) => frame.length === FRAME_SAMPLES)).toBe(true);
});

test('out of order, twice and late: in order, once', () => {
  const [a, b, c, d] = packets(4);
  if (!a || !b || !c || !d) throw new Error('packets');
  const frames = play(new ReplyPackets(codec), [a, c, c, b, a, d, b]);
  expect(frames.map((frame) => packetOf(frame))).toEqual([a, b, c, d].map(({ payload }) => payload));
});

test('M81 a lost one is made up for, and encoded anew by whoever plays it', () => {
  const sent = packets(8);
  const reply = new ReplyPackets(codec);
  const frames = play(reply, sent.toSpliced(3, 1));
  expect(frames).toHaveLength(8);
  expect(frames.map((frame) => packetOf(frame) !== undefined)).toEqual([
    true,
    true,
    true,
    false,
    true,
    true,
    true,
    true,
  ]);
  expect(reply.lost).toBe(1);
});

test('rubbish is as good as lost, and a new sender begins anew', () => {
  const sent = packets(2);
  const reply = new ReplyPackets(codec);
  const rubbish = { sequenceNumber: 65_535, ssrc: 1, payload: Uint8Array.of(0xff, 0xff, 0xff) };
  expect(play(reply, [...sent, rubbish])).toHaveLength(3);
  expect(
    play(
      reply,
      packets(2).map((packet) => ({ ...packet, ssrc: 2 })),
    ),
  ).toHaveLength(2);
});
