import { newParticipantId, type ParticipantId, RtpWishes } from '@parley/contract';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { presence } from '../support/audio/presence.ts';
import { RELATED } from '../support/audio/follow.ts';
import { speech } from '../support/audio/voices.ts';
import { RtpPeer } from '../support/peers/RtpPeer.ts';
import { until } from '../support/until.ts';
import { DevicePeer } from './support/DevicePeer.ts';
import { TestMixer, type TestRoom } from './support/startMixer.ts';

const SILENCE_MS = 1_500;

let mixer: TestMixer;
let room: TestRoom;
let clients: { close(): void | Promise<void> }[] = [];

beforeAll(async () => {
  mixer = await TestMixer.start();
});
afterAll(() => mixer?.close());
beforeEach(async () => {
  clients = [];
  mixer.gone.length = 0;
  room = await mixer.openRoom();
});
afterEach(async () => {
  await Promise.all(clients.map(async (client) => client.close()));
  await room.close();
});

async function rtpPeer(
  wishes: Partial<RtpWishes> = {},
  where: TestRoom = room,
  id: ParticipantId = newParticipantId(),
): Promise<RtpPeer & { id: ParticipantId }> {
  const peer = await RtpPeer.join((own) => where.rtp(id, RtpWishes.parse({ ...own, ...wishes })));
  clients.push(peer);
  return Object.assign(peer, { id });
}

function reply(pcm: Int16Array): void {
  for (let at = 0; at + 480 <= pcm.length; at += 480) room.assistant.output.push(pcm.subarray(at, at + 480));
  room.assistant.become({ phase: 'speaking' });
}

test('M130 plain RTP is heard by the assistant and by devices, and hears one stream without itself', async () => {
  const anna = await rtpPeer({ payloadType: 97 });
  const [ben, lea] = await Promise.all([DevicePeer.join(room, 'Ben'), DevicePeer.join(room, 'Lea')]);
  clients.push(ben, lea);
  await ben.hear(lea.producerId);
  anna.speaker.say(await speech('anna'));
  const source = await until('Anna’s microphone', () =>
    ben.last('room:state')?.sources.find(({ participantId }) => participantId === anna.id),
  );
  await lea.hear(source.producerId);
  anna.listener.restart();
  anna.speaker.say(await speech('anna'));
  ben.speaker.say(await speech('ben'));
  reply(await speech('chloe'));
  await until('a few seconds', () => room.assistant.output.length < 150, { withinMs: 20_000 });
  const mix = room.assistant.recording();
  expect(await presence('anna', mix)).toBeGreaterThan(RELATED);
  expect(await presence('ben', mix)).toBeGreaterThan(RELATED);
  expect(await presence('anna', lea.listener.heard())).toBeGreaterThan(0.8);
  const heard = anna.listener.heard();
  expect(await presence('ben', heard)).toBeGreaterThan(RELATED);
  expect(await presence('chloe', heard)).toBeGreaterThan(RELATED);
  expect(await presence('anna', heard)).toBeLessThan(0.25);
  expect(new Set(anna.heard.map(({ payloadType, ssrc }) => `${payloadType} ${ssrc}`))).toEqual(
    new Set([`97 ${anna.to.ssrc}`]),
  );
});

test('M130 two plain RTP participants hear each other; a muted one is heard by nobody', async () => {
  const [anna, ben] = [await rtpPeer(), await rtpPeer()];
  anna.speaker.say(await speech('anna'));
  await until('two seconds at Ben', () => ben.listener.packets > 100);
  expect(await presence('anna', ben.listener.heard())).toBeGreaterThan(RELATED);
  await room.mute(anna.id, true);
  const before = room.assistant.heard.length;
  await until('the hangover', () => room.assistant.heard.length > before + 100);
  expect(room.assistant.heard.slice(before + 5).every(({ voices }) => voices.size === 0)).toBe(true);
});

test('M131 who sends nothing any more has left, and the reason is told; who sends stays', async () => {
  const impatient = await TestMixer.start({ rtpSilenceMs: SILENCE_MS });
  clients.push(impatient);
  const [other, reasons] = [await impatient.openRoom(), [] as unknown[]];
  impatient.rooms.events.on('gone', (_session, id, reason) => reasons.push([id, reason]));
  const [anna, ben] = [await rtpPeer({}, other), await rtpPeer({}, other)];
  anna.speaker.say(await speech('anna'));
  await until('Ben to be gone', () => reasons.length === 1);
  expect(reasons).toEqual([[ben.id, 'silent']]);
  await until('the assistant to hear Anna', () => other.assistant.heard.length > 100);
  expect(impatient.rooms.participants).toBe(1);
  anna.speaker.hush();
  await until('Anna to be gone', () => reasons.length === 2);
  expect(reasons[1]).toEqual([anna.id, 'silent']);
});

test('M130 rubbish, another payload type, repeats and a wrong order cost nobody a word', async () => {
  const anna = await rtpPeer();
  const before = { ...mixer.rtpCounts };
  anna.sendRaw(Buffer.from('hello'));
  anna.sendRaw(Buffer.from([0x80, 96, ...new Uint8Array(10), 0x78, 1]));
  anna.disorder();
  anna.speaker.say(await speech('anna'));
  await until('three seconds', () => room.assistant.heard.length > 150);
  expect(await presence('anna', room.assistant.recording())).toBeGreaterThan(RELATED);
  expect(mixer.rtpCounts.malformed - before.malformed).toBe(1);
  expect(mixer.rtpCounts.payload_type - before.payload_type).toBe(1);
});

test('M131 joining again with the same ID closes the former port', async () => {
  const first = await rtpPeer();
  const again = await rtpPeer({}, room, first.id);
  expect(again.to.port).not.toBe(first.to.port);
  first.speaker.say(await speech('ben'));
  again.speaker.say(await speech('anna'));
  await until('two seconds', () => room.assistant.heard.length > 100);
  expect(await presence('ben', room.assistant.recording())).toBeLessThan(0.25);
  expect(mixer.rooms.participants).toBe(1);
});

test('M130 an address that is not allowed gets no port', async () => {
  const own = { ip: '203.0.113.5', port: 5_004 };
  await expect(room.rtp(newParticipantId(), RtpWishes.parse(own))).rejects.toMatchObject({
    code: 'forbidden',
  });
  const v6 = { ip: '::1', port: 5_004 };
  await expect(room.rtp(newParticipantId(), RtpWishes.parse(v6))).rejects.toMatchObject({
    name: 'AppError',
  });
  expect(mixer.rooms.participants).toBe(0);
});
