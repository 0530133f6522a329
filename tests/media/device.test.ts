import { MAX_UPWARD_BYTES } from '@parley/contract';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { findIn } from '../support/audio/correlate.ts';
import { RELATED } from '../support/audio/follow.ts';
import { RATE, speech } from '../support/audio/voices.ts';
import { untilVoice } from '../support/audio/heard.ts';
import { until } from '../support/until.ts';
import { DevicePeer } from './support/DevicePeer.ts';
import { TestMixer, type TestRoom } from './support/startMixer.ts';

let mixer: TestMixer;
let room: TestRoom;
let devices: DevicePeer[] = [];
/** Where somebody fell silent at the beginning: it takes a while to be noticed, in which the other tests run. */
let forsaken: TestRoom;
const mixers: TestMixer[] = [];

beforeAll(async () => {
  mixer = await TestMixer.start();
  const other = await TestMixer.start();
  mixers.push(mixer, other);
  forsaken = await other.openRoom();
  const holder = await DevicePeer.join(forsaken, 'Anna');
  await until('the hold', () => {
    holder.say({ type: 'floor:hold' });
    return forsaken.assistant.holders.length > 0;
  });
  await holder.vanish();
});
afterAll(() => Promise.all(mixers.map((each) => each.close())));
beforeEach(async () => {
  devices = [];
  room = await mixer.openRoom();
});
afterEach(async () => {
  await Promise.all(devices.map((device) => device.close()));
  await room.close();
});

async function device(name: string, options?: Parameters<typeof DevicePeer.join>[2]): Promise<DevicePeer> {
  const made = await DevicePeer.join(room, name, options);
  devices.push(made);
  return made;
}

test('M7 the assistant hears both speakers, each other’s devices hear them by forwarding', async () => {
  const [anna, ben] = [await device('Anna'), await device('Ben')];
  await ben.hear(anna.producerId);
  anna.speaker.say(await speech('anna'));
  ben.speaker.say(await speech('ben'));
  const mix = { heard: () => room.assistant.recording() };
  await untilVoice('anna', mix, { likeness: RELATED });
  await untilVoice('ben', mix, { likeness: RELATED });
  await untilVoice('anna', ben.listener, { likeness: 0.8 });
  await until('levels of both', () => {
    const levels = ben.last('levels')?.participants ?? {};
    return anna.participantId in levels && ben.participantId in levels;
  });
});

test('M8 the reply reaches a device, and the room sleeps afterwards', async () => {
  const anna = await device('Anna');
  const reply = await speech('chloe');
  const ben = await device('Ben');
  await ben.hear(anna.producerId);
  const assistantId = ben.last('room:state')?.assistantProducerId ?? '';
  const listening = await device('Chloe');
  await listening.hear(assistantId);
  for (let at = 0; at + 480 <= reply.length; at += 480)
    room.assistant.output.push(reply.subarray(at, at + 480));
  room.assistant.become({ phase: 'speaking' });
  await until('the reply', () => room.assistant.output.length === 0);
  room.assistant.become({ phase: 'listening' });
  const heard = listening.listener.heard();
  expect(findIn(reply.subarray(RATE, 2 * RATE), heard).score).toBeGreaterThan(0.8);
  await until('sleep', () => [...mixer.rooms].every(({ awake }) => !awake));
});

test('M14 hello brings room:state with every source, also over a real channel', async () => {
  const [anna, ben] = [await device('Anna'), await device('Ben')];
  await ben.hear(anna.producerId);
  expect(
    ben
      .last('room:state')
      ?.sources.map(({ producerId }) => producerId)
      .sort(),
  ).toEqual([anna.producerId, ben.producerId].sort());
  await room.mute(anna.participantId, true);
  await until('muted', () =>
    ben
      .last('room:state')
      ?.sources.some(({ participantId, muted }) => participantId === anna.participantId && muted),
  );
  await room.leave(anna.participantId);
  await until('Anna’s leaving', () => ben.last('room:state')?.sources.length === 1);
});

test('M18 what is wrong on the data channel gets a notice; the channel lives on', async () => {
  const [anna, ben] = [await device('Anna'), await device('Ben')];
  await ben.hear(anna.producerId);
  ben.say('{');
  await until('a notice', () => ben.last('notice')?.message.includes('not JSON'));
  ben.say({ type: 'text:send', id: 't', text: 'x'.repeat(MAX_UPWARD_BYTES) });
  await until('a notice about the length', () => ben.last('notice')?.message.includes('too long'));
  ben.say({ type: 'text:send', id: 'ok', text: 'Hello' });
  await until('the text', () => room.assistant.texts.some(({ id }) => id === 'ok'));
  expect(ben.last('text:result')).toMatchObject({ id: 'ok', accepted: true });
});

test('M3 a microphone that was replaced is not heard any more', async () => {
  const anna = await device('Anna');
  anna.speaker.say(await speech('anna'));
  await until('Anna to be heard', () => room.assistant.heard.length > 20);
  await room.leave(anna.participantId);
  const before = room.assistant.heard.length;
  await until('the hangover', () => room.assistant.heard.length > before + 50);
  expect(room.assistant.heard.slice(before + 1).every(({ voices }) => voices.size === 0)).toBe(true);
});

test('M6 joining again with the same ID closes the former transports', async () => {
  const anna = await device('Anna');
  const again = await device('Anna', { id: anna.participantId });
  await expect(
    room.command(anna.participantId, 'transport:restart-ice', { transportId: anna.sendTransportId }),
  ).rejects.toMatchObject({ code: 'media-not-found' });
  again.speaker.say(await speech('anna'));
  await until('the new microphone', () => room.assistant.heard.length > 20);
});

test('M54 a device that holds the floor and hangs up has let go at once', async () => {
  const [anna, ben] = [await device('Anna'), await device('Ben')];
  await ben.hear(anna.producerId);
  anna.say({ type: 'floor:hold' });
  await until('the hold', () => ben.last('floor')?.holders.includes(anna.participantId));
  expect(room.assistant.holders).toEqual([anna.participantId]);
  await anna.close();
  // Sooner than who falls silent, below.
  await until('the release', () => ben.last('floor')?.holders.length === 0, { withinMs: 12_000 });
  expect(room.assistant.holders).toEqual([]);
});

test('M54 a device that falls silent while it holds has let go when its consent runs out', async () => {
  await until('the release', () => forsaken.assistant.holders.length === 0);
});
