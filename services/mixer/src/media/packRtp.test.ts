import { expect, test } from 'vitest';
import { readRtp } from '../audio/rtp.ts';
import { packRtp } from './packRtp.ts';

const identity = { ssrc: 0xdead_beef, payloadType: 100, levelExtensionId: 1 };
const payload = Uint8Array.of(1, 2, 3);

test('what it writes reads back, with our identity and the sender’s time', () => {
  const level = { dbov: -33, voice: true };
  const packet = packRtp(
    { payload, sequenceNumber: 70_000, timestamp: 2 ** 32 + 5, marker: true, level },
    identity,
  );
  expect(readRtp(packet, 1)).toEqual({
    payloadType: 100,
    sequenceNumber: 70_000 - 65_536,
    timestamp: 5,
    ssrc: 0xdead_beef,
    marker: true,
    payload: expect.any(Uint8Array),
    level,
  });
  expect([...(readRtp(packet, 1)?.payload ?? [])]).toEqual([1, 2, 3]);
});

test('without a level there is no extension', () => {
  const packet = packRtp(
    { payload, sequenceNumber: 1, timestamp: 2, marker: false, level: undefined },
    identity,
  );
  expect(packet).toHaveLength(15);
  expect(readRtp(packet, 1)?.level).toBeUndefined();
});

test('a level outside RFC 6464 is brought inside', () => {
  const level = { dbov: -500, voice: false };
  const packet = packRtp({ payload, sequenceNumber: 1, timestamp: 2, marker: false, level }, identity);
  expect(readRtp(packet, 1)?.level).toEqual({ dbov: -127, voice: false });
});
