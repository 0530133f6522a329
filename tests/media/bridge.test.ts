import { newParticipantId, type ParticipantId, type Role } from '@parley/contract';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { RELATED } from '../support/audio/follow.ts';
import { presence } from '../support/audio/presence.ts';
import { speech } from '../support/audio/voices.ts';
import type { HubApi } from '../support/HubApi.ts';
import { PlainPeer } from '../support/peers/PlainPeer.ts';
import { until } from '../support/until.ts';
import { DevicePeer } from './support/DevicePeer.ts';
import { TestMixer, type TestRoom } from './support/startMixer.ts';

let mixer: TestMixer;
let room: TestRoom;
let clients: { close(): Promise<void> }[] = [];
/** Who fell silent at the beginning, and where: that takes half a minute to be noticed, in which the other tests run. */
let forsaken: TestMixer;
let silent: ParticipantId[];

beforeAll(async () => {
  mixer = await TestMixer.start();
  forsaken = await TestMixer.start();
  const place = await forsaken.openRoom();
  const [anna, ben] = await Promise.all([plainPeer('Anna', { at: place }), DevicePeer.join(place, 'Ben')]);
  await Promise.all([anna.vanish(), ben.vanish()]);
  silent = [anna.participantId, ben.participantId];
});
afterAll(async () => {
  await mixer?.close();
  await forsaken?.close();
});
beforeEach(async () => {
  clients = [];
  mixer.gone.length = 0;
  room = await mixer.openRoom();
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await room.close();
});

async function plainPeer(
  name: string,
  {
    id = newParticipantId(),
    role = 'speaker',
    at = room,
  }: { id?: ParticipantId; role?: Role; at?: TestRoom } = {},
): Promise<PlainPeer> {
  // The hub's part, in one call: it only carries the offer and the answer.
  const hub = {
    bridge: async ({ sdp }: { sdp: string }) => ({
      sdp: await at.bridge(id, sdp, role),
      type: 'answer',
      session_id: at.sessionId,
      participant_id: id,
    }),
  } as unknown as HubApi;
  const peer = await PlainPeer.join(hub, at.sessionId, name);
  clients.push(peer);
  return peer;
}

function reply(pcm: Int16Array): void {
  for (let at = 0; at + 480 <= pcm.length; at += 480) room.assistant.output.push(pcm.subarray(at, at + 480));
  room.assistant.become({ phase: 'speaking' });
}

test('M9 a plain peer is heard by the assistant and by devices, and hears both, not itself', async () => {
  const anna = await plainPeer('Anna');
  const ben = await DevicePeer.join(room, 'Ben');
  clients.push(ben);
  anna.speaker.say(await speech('anna'));
  const source = await until('Anna’s microphone', () =>
    anna.last('room:state')?.sources.find(({ participantId }) => participantId === anna.participantId),
  );
  await ben.hear(source.producerId);
  anna.listener.restart();
  anna.speaker.say(await speech('anna'));
  ben.speaker.say(await speech('ben'));
  reply(await speech('chloe'));
  await until('a few seconds', () => room.assistant.output.length < 150);
  const mix = room.assistant.recording();
  expect(await presence('anna', mix)).toBeGreaterThan(RELATED);
  expect(await presence('ben', mix)).toBeGreaterThan(RELATED);
  expect(await presence('anna', ben.listener.heard())).toBeGreaterThan(0.8);
  const heard = anna.listener.heard();
  expect(await presence('ben', heard)).toBeGreaterThan(RELATED);
  expect(await presence('chloe', heard)).toBeGreaterThan(RELATED);
  expect(await presence('anna', heard)).toBeLessThan(RELATED);
});

test('the data channel carries the same messages both ways', async () => {
  const anna = await plainPeer('Anna');
  await until('room:state', () => anna.last('room:state'));
  anna.send({ type: 'text:send', id: 't1', text: 'Hello' });
  await until('the answer', () => anna.last('text:result')?.accepted);
  expect(room.assistant.texts).toMatchObject([
    { id: 't1', participantId: anna.participantId, text: 'Hello' },
  ]);
  anna.send('{');
  await until('a notice', () => anna.last('notice'));
});

test('M5 a muted plain peer is heard by nobody', async () => {
  const anna = await plainPeer('Anna');
  anna.speaker.say(await speech('anna'));
  await until('Anna to be heard', () => room.assistant.heard.some(({ voices }) => voices.size > 0));
  await room.mute(anna.participantId, true);
  const before = room.assistant.heard.length;
  await until('the hangover', () => room.assistant.heard.length > before + 100);
  expect(room.assistant.heard.slice(before + 5).every(({ voices }) => voices.size === 0)).toBe(true);
});

test('M16 a listening plain peer hears and is not heard', async () => {
  const lea = await plainPeer('Lea', { role: 'listener' });
  lea.speaker.say(await speech('anna'));
  reply(await speech('chloe'));
  await until('a second of the reply', () => lea.listener.packets > 60);
  expect(lea.last('room:state')?.sources).toEqual([]);
  expect(room.assistant.heard).toEqual([]);
});

test('M13 a plain peer that hangs up is gone at once', async () => {
  const anna = await plainPeer('Anna');
  await anna.close();
  clients = [];
  // Sooner than who falls silent, below.
  await until('Anna’s leaving', () => mixer.gone.includes(anna.participantId), { withinMs: 20_000 });
  expect(mixer.rooms.participants).toBe(0);
});

test('M6 a plain peer that joins again with its ID replaces itself', async () => {
  const first = await plainPeer('Anna');
  const again = await plainPeer('Anna', { id: first.participantId });
  await until('the end of the first', () => first.channel.readyState === 'closed');
  again.speaker.say(await speech('anna'));
  await until('the second to be heard', () => room.assistant.heard.length > 20);
  expect(mixer.rooms.participants).toBe(1);
  expect(mixer.gone).toEqual([]);
});

test('M23 the answer carries its candidates; a bad offer is refused with words', async () => {
  await expect(room.bridge(newParticipantId(), 'v=0\r\n')).rejects.toMatchObject({ code: 'bad-sdp' });
  const id = newParticipantId();
  let answer = '';
  const hub = {
    bridge: async ({ sdp }: { sdp: string }) => {
      answer = await room.bridge(id, sdp);
      return { sdp: answer, participant_id: id };
    },
  } as unknown as HubApi;
  clients.push(await PlainPeer.join(hub, room.sessionId, 'Anna'));
  expect(answer).toMatch(/a=candidate:.* 127\.0\.0\.1 \d+ typ host/);
  expect(answer.match(/a=candidate:\S+ 1 udp \d+ (\S+)/g)?.every((line) => line.includes('127.0.0.1'))).toBe(
    true,
  );
  // Well-formed enough to pass the first look, nonsense inside: refused, nothing stays.
  const broken = answer
    .replace('a=setup:active', 'a=setup:actpass')
    .replaceAll(/a=fingerprint:.*/g, 'a=fingerprint:sha-256 zz');
  await room.bridge(newParticipantId(), broken).catch((error: unknown) => {
    expect(error).toMatchObject({ name: 'AppError', code: 'bad-sdp' });
  });
});

test('M54 a plain peer holds the floor until it closes its channel', async () => {
  const peer = await plainPeer('Anna');
  peer.send({ type: 'floor:hold' });
  await until('the hold', () => peer.last('floor')?.holders.includes(peer.participantId));
  peer.channel.close();
  await until('the release', () => room.assistant.holders.length === 0);
});

test('M13 who falls silent is gone after a while, plain peer and device', async () => {
  await until('both to be gone', () => forsaken.gone.length === 2);
  expect(new Set(forsaken.gone)).toEqual(new Set(silent));
});
