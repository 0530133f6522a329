import { newParticipantId, PROTOCOL_VERSION } from '@parley/contract';
import { beforeAll, expect, test } from 'vitest';
import type { Codec } from '../audio/codec.ts';
import { levelDbov } from '../audio/level.ts';
import { loadOpus } from '../audio/opus.ts';
import { speech } from '../audio/testing/speech.ts';
import { anna, ben, roomWorld, speak } from '../testing/roomWorld.ts';
import { MAX_HOLD_MS } from './Floor.ts';

let codec: Codec;
beforeAll(async () => {
  codec = await loadOpus();
});

const listener = { id: newParticipantId(), name: 'Lea', role: 'listener' as const };

function held() {
  const world = roomWorld(codec);
  const [one, two] = [world.join(anna), world.join(ben)];
  one.say({ type: 'floor:hold' });
  return { ...world, one, two, holders: () => world.media.last('floor')?.holders };
}

test('M54 who holds is told to everybody, to the assistant, and in answer to hello', () => {
  const { one, two, assistant, holders } = held();
  expect([holders(), assistant.holders]).toEqual([[anna.id], [anna.id]]);
  two.say({ type: 'hello', protocol: PROTOCOL_VERSION });
  expect(two.received).toContainEqual({ type: 'floor', holders: [anna.id] });
  two.say({ type: 'floor:hold' });
  expect(holders()).toEqual([anna.id, ben.id]);
  one.say({ type: 'floor:release' });
  expect([holders(), assistant.holders]).toEqual([[ben.id], [ben.id]]);
});

test('M54 a device that leaves has let go', () => {
  const { room, assistant, holders } = held();
  room.leave(anna.id);
  expect([holders(), assistant.holders]).toEqual([[], []]);
});

test('M54 a device whose messages come no more has let go, and may hold again', () => {
  const { one, holders } = held();
  one.events.emit('unreachable');
  expect(holders()).toEqual([]);
  one.say({ type: 'floor:hold' });
  expect(holders()).toEqual([anna.id]);
});

test('M54 a device that joins anew has let go; what becomes of its former line is no matter', () => {
  const world = held();
  const again = world.join(anna);
  expect(world.holders()).toEqual([]);
  again.say({ type: 'floor:hold' });
  world.one.say({ type: 'floor:release' });
  world.one.events.emit('unreachable');
  expect(world.holders()).toEqual([anna.id]);
});

test('M54 nobody holds for ever, listeners not at all', () => {
  const world = held();
  world.clock.turn(MAX_HOLD_MS);
  expect(world.holders()).toEqual([]);
  world.join(listener).say({ type: 'floor:hold' });
  expect(world.assistant.holders).toEqual([]);
});

test('M54 closed: no timer is left', () => {
  const { room, clock } = held();
  room.close('closed');
  expect(clock.timers).toBe(0);
});

test('M50 the assistant knows how many may speak', () => {
  const world = roomWorld(codec);
  world.join(anna);
  world.join(listener);
  expect(world.assistant.people).toBe(1);
  world.join(ben);
  world.join(ben);
  expect(world.assistant.people).toBe(2);
  world.room.leave(anna.id);
  world.room.leave(listener.id);
  expect(world.assistant.people).toBe(1);
});

test('M53 of those who are not admitted the provider hears nothing, not a trace of it', () => {
  const world = roomWorld(codec);
  const [one, two] = [world.join(anna).speakInto(), world.join(ben).speakInto()];
  const pcm = speech({ seed: 1, ms: 2_000 });
  world.assistant.admitted = new Set();
  speak(world, [{ microphone: two, pcm }]);
  expect(world.assistant.heard).toEqual([]);
  world.assistant.admitted = new Set([anna.id]);
  speak(world, [{ microphone: two, pcm }]);
  expect(world.assistant.heard.length).toBeGreaterThan(90);
  expect(levelDbov(world.assistant.recording())).toBe(-127);
  expect(world.assistant.heard.every(({ voices }) => !voices.has(ben.id))).toBe(true);
  world.assistant.heard.length = 0;
  speak(world, [
    { microphone: one, pcm },
    { microphone: two, pcm: pcm.map((sample) => -sample) },
  ]);
  expect(levelDbov(world.assistant.recording())).toBeGreaterThan(-40);
  expect(world.assistant.heard.some(({ voices }) => voices.has(anna.id))).toBe(true);
  expect(world.assistant.heard.every(({ voices }) => !voices.has(ben.id))).toBe(true);
});

test('M53 while somebody is admitted every frame goes in, silence too; then the room sleeps again', () => {
  const world = roomWorld(codec);
  const device = world.join(anna);
  device.speakInto();
  world.assistant.admitted = new Set([anna.id]);
  device.say({ type: 'floor:hold' });
  world.frames.turn(400);
  expect([world.room.awake, world.assistant.heard.length]).toEqual([true, 400]);
  world.assistant.admitted = new Set();
  world.frames.turn(400);
  expect([world.room.awake, world.assistant.heard.length]).toEqual([false, 400]);
});

test('M53 admitted, but gone or without a microphone: silence', () => {
  const world = roomWorld(codec);
  const device = world.join(anna);
  world.assistant.admitted = new Set([anna.id, ben.id]);
  device.say({ type: 'floor:hold' });
  world.frames.turn(10);
  expect(world.assistant.heard).toHaveLength(10);
  expect(world.assistant.heard.every(({ voices }) => voices.size === 0)).toBe(true);
});
