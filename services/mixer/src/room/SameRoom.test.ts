import { FRAME_SAMPLES, newParticipantId, type ParticipantId } from '@parley/contract';
import { beforeEach, expect, test } from 'vitest';
import { BandTrack } from '../audio/BandTrack.ts';
import { acrossRoom, chatter } from '../audio/testing/chatter.ts';
import { SameRoom } from './SameRoom.ts';

const [anna, ben, chloe] = [newParticipantId(), newParticipantId(), newParticipantId()].sort() as [
  ParticipantId,
  ParticipantId,
  ParticipantId,
];
let sameRoom: SameRoom;
beforeEach(() => {
  sameRoom = new SameRoom();
});

/** What each microphone hears; the moments (ms) at which the offer changed. */
function hear(microphones: [ParticipantId, Int16Array][]): number[] {
  const tracks = new Map(microphones.map(([id]) => [id, new BandTrack()]));
  const changes: number[] = [];
  const length = Math.max(...microphones.map(([, pcm]) => pcm.length));
  for (let at = 0; at < length; at += FRAME_SAMPLES) {
    for (const [id, pcm] of microphones) {
      const frame = pcm.subarray(at, at + FRAME_SAMPLES);
      tracks.get(id)?.push(frame.length === FRAME_SAMPLES ? frame : undefined);
    }
    if (sameRoom.update(tracks)) changes.push(at / 24);
  }
  return changes;
}
const voice = (seed: number, ms = 6_000) => chatter({ seed, ms });

test('M76 two devices that hear the same person are offered within seconds', () => {
  const said = voice(1);
  const [atMs] = hear([
    [anna, acrossRoom(said, { delayMs: 5, gain: 0.7 })],
    [ben, acrossRoom(said, { delayMs: 60, gain: 0.2, seed: 2 })],
  ]);
  expect(atMs).toBeLessThan(3_500);
  expect(sameRoom.offered).toEqual([[anna, ben]]);
});

test('M76 three of them are one offer; whoever leaves is taken out', () => {
  const said = voice(2, 8_000);
  hear([
    [anna, acrossRoom(said, { delayMs: 5, gain: 0.7 })],
    [ben, acrossRoom(said, { delayMs: 40, gain: 0.3, seed: 2 })],
    [chloe, acrossRoom(said, { delayMs: 90, gain: 0.3, seed: 3 })],
  ]);
  expect(sameRoom.offered).toEqual([[anna, ben, chloe]]);
  expect(sameRoom.left(ben)).toBe(true);
  expect(sameRoom.left(ben)).toBe(false);
});

test('M76 people who talk at the same time elsewhere are not', () => {
  for (let seed = 1; seed < 8; seed++)
    expect(
      hear([
        [anna, voice(seed)],
        [ben, voice(seed + 50)],
        [chloe, voice(seed + 100)],
      ]),
    ).toEqual([]);
});

test('M76 a voice that comes out of the other’s loudspeaker is elsewhere', () => {
  const said = voice(3);
  hear([
    [anna, said],
    [ben, acrossRoom(said, { delayMs: 260, gain: 0.4 })],
  ]);
  expect(sameRoom.offered).toEqual([]);
});

test('M76 one who walks out of the room is not offered any more', () => {
  const said = voice(4);
  hear([
    [anna, said],
    [ben, acrossRoom(said, { delayMs: 20, gain: 0.4 })],
  ]);
  expect(sameRoom.offered).toHaveLength(1);
  hear([
    [anna, voice(5, 12_000)],
    [ben, voice(6, 12_000)],
  ]);
  expect(sameRoom.offered).toEqual([]);
});
