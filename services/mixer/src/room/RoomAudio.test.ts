import { newParticipantId } from '@parley/contract';
import { beforeAll, expect, test } from 'vitest';
import type { Codec } from '../audio/codec.ts';
import { loadOpus } from '../audio/opus.ts';
import { bestMatch } from '../audio/testing/compare.ts';
import { speech } from '../audio/testing/speech.ts';
import { anna, ben, roomWorld, speak } from '../testing/roomWorld.ts';
import { heardIn, packetsOf } from '../testing/speaking.ts';

let codec: Codec;
beforeAll(async () => {
  codec = await loadOpus();
});

/** 300 ms: what buffering may add. */
const MAX_LAG = 7_200;

test('M7 the assistant hears the sum of everybody, and who it was', () => {
  const world = roomWorld(codec);
  const [one, two] = [world.join(anna).speakInto(), world.join(ben).speakInto()];
  const [first, second] = [speech({ seed: 1, ms: 1_500 }), speech({ seed: 2, ms: 1_500 })];
  speak(world, [
    { microphone: one, pcm: first },
    { microphone: two, pcm: second },
  ]);
  const heard = world.assistant.recording();
  expect(bestMatch(first, heard, MAX_LAG).correlation).toBeGreaterThan(0.5);
  expect(bestMatch(second, heard, MAX_LAG).correlation).toBeGreaterThan(0.5);
  expect(new Set(world.assistant.heard.flatMap(({ voices }) => [...voices.keys()]))).toEqual(
    new Set([anna.id, ben.id]),
  );
});

test('M3 a source that left is never mixed again', () => {
  const world = roomWorld(codec);
  const [one, two] = [world.join(anna).speakInto(), world.join(ben).speakInto()];
  speak(world, [{ microphone: one, pcm: speech({ seed: 1, ms: 400 }) }], 0);
  world.room.leave(anna.id);
  expect(one.closed).toBe(true);
  const before = world.assistant.heard.length;
  speak(world, [
    { microphone: one, pcm: speech({ seed: 1, ms: 1_000 }) },
    { microphone: two, pcm: speech({ seed: 2, ms: 1_000 }) },
  ]);
  const after = world.assistant.heard.slice(before);
  expect(after.length).toBeGreaterThan(50);
  expect(after.some(({ voices }) => voices.has(anna.id))).toBe(false);
});

test('a voice has its frame when it is due, and a reply at once, unless others are being heard', () => {
  const world = roomWorld(codec);
  const { frames, assistant } = world;
  const [one, two] = [world.join(anna).speakInto(), world.join(ben).speakInto()];
  const [first, second] = [
    packetsOf(codec, speech({ seed: 1, ms: 400 }), 1),
    packetsOf(codec, speech({ seed: 2, ms: 400 }), 2),
  ];
  const say = (microphone: typeof one, packet: Buffer | undefined) =>
    packet && microphone.events.emit('rtp', packet);
  say(one, first[0]);
  expect(frames.wishes).toEqual([10]);
  frames.turn(2);
  say(one, first[1]);
  say(two, second[0]);
  assistant.events.emit('state', { phase: 'speaking', simulated: true, message: null });
  expect(frames.wishes).toEqual([10]);
  // Still on the clock, and nobody is heard.
  frames.turn(100);
  expect(frames.size).toBe(1);
  assistant.events.emit('state', { phase: 'speaking', simulated: true, message: null });
  expect(frames.wishes).toEqual([10, 0]);
  expect(frames.size).toBe(1);
});

test('M5 a muted microphone is silent for the mixer and for the router', async () => {
  const world = roomWorld(codec);
  const microphone = world.join(anna).speakInto();
  await world.room.mute(anna.id, true);
  expect(microphone.muted).toBe(true);
  speak(world, [{ microphone, pcm: speech({ seed: 1, ms: 600 }) }]);
  expect(world.assistant.heard).toEqual([]);
  expect(world.media.last('room:state')?.sources).toMatchObject([{ participantId: anna.id, muted: true }]);
  await world.room.mute(anna.id, false);
  speak(world, [{ microphone, pcm: speech({ seed: 1, ms: 600 }) }]);
  expect(world.assistant.heard.length).toBeGreaterThan(20);
});

test('M5 a microphone that the owner has muted is silent whatever its device wants, also after a reconnection', async () => {
  const world = roomWorld(codec);
  const before = world.join(anna).speakInto();
  await world.room.mute(anna.id, true, 'owner');
  await world.room.mute(anna.id, true);
  await world.room.mute(anna.id, false);
  expect(before.muted).toBe(true);
  const microphone = world.join(anna).speakInto();
  speak(world, [{ microphone, pcm: speech({ seed: 1, ms: 600 }) }]);
  expect(microphone.muted).toBe(true);
  expect(world.assistant.heard).toEqual([]);
  expect(world.media.last('room:state')?.sources).toMatchObject([{ participantId: anna.id, muted: true }]);
  await world.room.mute(anna.id, false, 'owner');
  expect(microphone.muted).toBe(false);
});

test('M11 an idle room is not on the frame clock; sound wakes it, silence lets it sleep again', () => {
  const world = roomWorld(codec);
  const microphone = world.join(anna).speakInto();
  expect([world.frames.size, world.room.awake]).toEqual([0, false]);
  speak(world, [{ microphone, pcm: speech({ seed: 1, ms: 600 }) }], 0);
  expect(world.frames.size).toBe(1);
  world.frames.turn(200);
  expect(world.frames.size).toBe(1);
  world.frames.turn(200);
  expect(world.frames.size).toBe(0);
  expect(world.assistant.heard.length).toBeLessThan(330);
});

test('M8 the reply is encoded once per frame and goes to everybody', () => {
  const world = roomWorld(codec);
  world.join(anna);
  world.join(ben);
  const reply = speech({ seed: 5, ms: 1_000 });
  for (let at = 0; at < reply.length; at += 480) world.assistant.output.push(reply.subarray(at, at + 480));
  world.assistant.become({ phase: 'speaking' });
  world.frames.turn(50);
  world.assistant.become({ phase: 'listening' });
  world.frames.turn(50);
  expect(world.media.spoken).toHaveLength(60);
  expect(bestMatch(reply, heardIn(codec, world.media.spoken), 2_400).correlation).toBeGreaterThan(0.7);
  expect(world.frames.size).toBe(0);
  expect(world.media.told.some((message) => message.type === 'levels' && message.assistant > -40)).toBe(true);
});

test('M9 a plain peer hears the others and the assistant, not itself', async () => {
  const world = roomWorld(codec);
  await world.room.joinPeer(anna, 'v=0');
  const [peer] = world.peers;
  if (!peer) throw new Error('No peer');
  const own = peer.speakInto();
  const other = world.join(ben).speakInto();
  const [mine, others, reply] = [1, 2, 3].map((seed) => speech({ seed, ms: 1_200 }));
  if (!mine || !others || !reply) throw new Error('No speech');
  for (let at = 0; at < reply.length; at += 480) world.assistant.output.push(reply.subarray(at, at + 480));
  speak(world, [
    { microphone: own, pcm: mine },
    { microphone: other, pcm: others },
  ]);
  const heard = heardIn(codec, peer.heard);
  expect(bestMatch(others, heard, MAX_LAG).correlation).toBeGreaterThan(0.45);
  expect(bestMatch(reply, heard, MAX_LAG).correlation).toBeGreaterThan(0.45);
  expect(bestMatch(mine, heard, MAX_LAG).correlation).toBeLessThan(0.25);
  expect(peer.received.some(({ type }) => type === 'levels')).toBe(true);
});

test('M9 silent peers hear one encoding; a reply is not encoded for devices that are not there', async () => {
  let encoded = 0;
  const counting: Codec = {
    decoder: () => codec.decoder(),
    encoder: () => {
      const encoder = codec.encoder();
      return {
        encode: (frame) => {
          encoded += 1;
          return encoder.encode(frame);
        },
        close: () => encoder.close(),
      };
    },
  };
  const world = roomWorld(counting);
  const lea = { ...ben, id: newParticipantId() };
  for (const person of [anna, ben, lea]) await world.room.joinPeer(person, 'v=0');
  const [speaker, first, second] = world.peers;
  const microphone = speaker?.speakInto();
  if (!microphone || !first || !second) throw new Error('No peers');
  for (const packet of packetsOf(codec, speech({ seed: 1, ms: 400 }))) {
    microphone.events.emit('rtp', packet);
    world.frames.turn();
  }
  world.frames.turn(20);
  const voiced = first.heard.filter(({ payload }) => payload.length > 3);
  expect(voiced.length).toBeGreaterThan(10);
  expect(second.heard).toEqual(first.heard);
  expect(speaker?.heard).toEqual([]);
  expect(encoded).toBe(voiced.length);
  encoded = 0;
  const reply = speech({ seed: 2, ms: 200 });
  for (let at = 0; at < reply.length; at += 480) world.assistant.output.push(reply.subarray(at, at + 480));
  world.assistant.become({ phase: 'speaking' });
  world.frames.turn(30);
  expect(encoded).toBe(10);
});

test('a frame that fails does not take the room off the clock', () => {
  const world = roomWorld(codec);
  const microphone = world.join(anna).speakInto();
  let calls = 0;
  world.assistant.pushInput = () => {
    calls++;
    throw new Error('broken');
  };
  speak(world, [{ microphone, pcm: speech({ seed: 1, ms: 400 }) }]);
  expect(calls).toBeGreaterThan(5);
  expect(world.frames.size).toBe(1);
});
