import { FRAME_SAMPLES } from '@parley/contract';
import { expect, test } from 'vitest';
import type { OpusEncoder } from '../audio/codec.ts';
import { FakePeer } from '../testing/FakeMedia.ts';
import { PeerEar } from './PeerEar.ts';

test('an encoder of its own is there only while the peer speaks with others', () => {
  let [made, closed] = [0, 0];
  const encoder = (): OpusEncoder => {
    made++;
    return { encode: () => Uint8Array.of(made), close: () => void closed++ };
  };
  const decoder = () => {
    throw new Error('Nothing is decoded here');
  };
  const peer = new FakePeer();
  const ear = new PeerEar({ encoder, decoder }, peer);
  const [total, own] = [new Int32Array(FRAME_SAMPLES), new Int16Array(FRAME_SAMPLES)];
  const common = { frame: own, packet: Uint8Array.of(0xff) };
  const last = () => peer.heard.at(-1)?.payload[0];

  ear.hearCommon(common, 0);
  expect([made, last()]).toEqual([0, 0xff]);
  ear.hear(total, own, 20);
  ear.hearCommon(common, 40);
  ear.hear(total, own, 1_900);
  expect([made, closed, last()]).toEqual([1, 0, 1]);
  ear.hearNothing(3_880);
  expect(closed).toBe(0);
  ear.hearCommon(common, 3_900);
  ear.hearNothing(3_920);
  expect(closed).toBe(1);
  ear.hear(total, own, 9_000);
  expect([made, last()]).toEqual([2, 2]);
  ear.close();
  expect(closed).toBe(2);
});
