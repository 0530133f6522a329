import { newParticipantId, type ParticipantId, PROTOCOL_VERSION } from '@parley/contract';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Codec } from '../audio/codec.ts';
import { loadOpus } from '../audio/opus.ts';
import { speech } from '../audio/testing/speech.ts';
import { anna, ben, type RoomWorld, roomWorld, speak } from '../testing/roomWorld.ts';
import { EMPTY_ROOM_MS } from './roomPorts.ts';

let codec: Codec;
beforeAll(async () => {
  codec = await loadOpus();
});

test('M6 joining again drops the former line and keeps the mute', async () => {
  const world = roomWorld(codec);
  const before = world.join(anna);
  const microphone = before.speakInto();
  await world.room.mute(anna.id, true);
  const after = world.join(anna);
  expect([before.closed, microphone.closed, world.room.participants]).toEqual([true, true, 1]);
  const again = after.speakInto();
  expect(again.muted).toBe(true);
  before.say({ type: 'ping', nonce: 'old' });
  before.events.emit('gone');
  expect(before.received).toEqual([]);
  expect(world.room.participants).toBe(1);
});

test('M6 joining again to resume leaves the line and its microphone alone; without one it is a first join', async () => {
  const world = roomWorld(codec);
  const device = world.join(anna);
  const microphone = device.speakInto();
  world.room.join(anna, true);
  expect([device.closed, microphone.closed, world.media.devices.length]).toEqual([false, false, 1]);
  world.room.join(ben, true);
  expect([world.media.devices.length, world.room.participants]).toEqual([2, 2]);
});

test('M14 hello is answered with room:state, and what it cost, to that device alone', () => {
  const world = roomWorld(codec);
  const device = world.join(anna);
  const microphone = device.speakInto();
  device.say({ type: 'hello', protocol: PROTOCOL_VERSION });
  expect(device.received).toEqual([
    {
      type: 'room:state',
      sources: [{ participantId: anna.id, producerId: microphone.producerId, muted: false }],
      assistantProducerId: 'assistant-producer',
      assistant: world.assistant.state,
    },
    { type: 'floor', holders: [] },
    { type: 'cost', ...world.assistant.cost },
    { type: 'same-room', offered: [], groups: [] },
  ]);
});

test('M14 every change of the sources is told', () => {
  const world = roomWorld(codec);
  const device = world.join(anna);
  const sources = () => world.media.last('room:state')?.sources.map(({ producerId }) => producerId);
  expect(sources()).toEqual([]);
  const first = device.speakInto();
  expect(sources()).toEqual([first.producerId]);
  first.close();
  expect(sources()).toEqual([]);
  const second = device.speakInto();
  expect(sources()).toEqual([second.producerId]);
  world.room.leave(anna.id);
  expect(sources()).toEqual([]);
});

test('what the assistant says becomes messages and facts', () => {
  const { assistant, media, facts, sessionId } = roomWorld(codec);
  assistant.events.emit('delta', { itemId: 'i1', role: 'user', delta: 'Hel' });
  assistant.events.emit('playout', { itemId: 'i1', playedMs: 20, queuedMs: 40 });
  assistant.events.emit('notice', 'error', 'The provider is away.');
  assistant.events.emit('fact', { type: 'tool:called', data: { callId: 'c', name: 'n', arguments: '{}' } });
  expect(media.told.map(({ type }) => type)).toEqual(['transcript:delta', 'playout', 'notice']);
  expect(facts).toEqual([
    {
      id: expect.stringMatching(/^e_/),
      sessionId,
      at: expect.any(Number),
      type: 'tool:called',
      data: { callId: 'c', name: 'n', arguments: '{}' },
    },
  ]);
});

test('typed text reaches the assistant with its writer', () => {
  const world = roomWorld(codec);
  world.join(ben).say({ type: 'text:send', id: 't1', text: 'Hello' });
  expect(world.assistant.texts).toEqual([{ id: 't1', participantId: ben.id, name: 'Ben', text: 'Hello' }]);
});

test('commands: unknown participants and plain peers are refused', async () => {
  const world = roomWorld(codec);
  await expect(world.room.command(anna.id, 'media:resume', {})).rejects.toMatchObject({
    code: 'participant-not-found',
  });
  await expect(world.room.mute(anna.id, true)).rejects.toMatchObject({ code: 'participant-not-found' });
  await world.room.joinPeer(anna, 'v=0');
  await expect(world.room.command(anna.id, 'media:resume', {})).rejects.toMatchObject({
    code: 'bad-request',
  });
  expect(() => world.room.leave(ben.id)).not.toThrow();
});

test('M131 plain RTP joins with its address; what it hears is mixed for it; its silence is told', async () => {
  const world = roomWorld(codec);
  const gone: unknown[] = [];
  world.room.events.on('gone', (...told) => gone.push(told));
  const wishes = { ip: '127.0.0.1', port: 5_004, payloadType: 111 };
  expect(await world.room.joinRtp(anna, wishes)).toEqual(world.lines[0]?.address);
  expect(world.room.participants).toBe(1);
  world.lines[0]?.events.emit('gone', 'silent');
  expect([gone, world.lines[0]?.closed]).toEqual([[[anna.id, 'silent']], true]);
});

test('M13 media that is gone removes the participant and says so', () => {
  const world = roomWorld(codec);
  const gone: ParticipantId[] = [];
  world.room.events.on('gone', (id) => gone.push(id));
  world.join(anna).events.emit('gone');
  expect([gone, world.room.participants]).toEqual([[anna.id], 0]);
});

test('M19 an empty room closes after a while, not while somebody is in', () => {
  const world = roomWorld(codec);
  const reasons: string[] = [];
  world.room.events.on('closed', (reason) => reasons.push(reason));
  world.clock.turn(EMPTY_ROOM_MS - 1);
  world.join(anna);
  world.clock.turn(EMPTY_ROOM_MS * 2);
  expect(reasons).toEqual([]);
  world.room.leave(anna.id);
  world.clock.turn(EMPTY_ROOM_MS);
  expect(reasons).toEqual(['empty']);
});

test.each(['closed', 'drained'] as const)('M4 close (%s) closes all it owns, once, the event last', (why) => {
  const world = roomWorld(codec);
  const device = world.join(anna);
  const microphone = device.speakInto();
  speak(world, [{ microphone, pcm: speech({ seed: 1, ms: 200 }) }], 0);
  const order: string[] = [];
  world.room.events.on('closed', (reason) => {
    order.push(reason);
    expect([device.closed, microphone.closed, world.assistant.closed, world.media.closed]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    world.room.close('empty');
  });
  world.room.close(why);
  world.room.close(why);
  expect(order).toEqual([why]);
  expect([world.frames.size, world.clock.timers]).toEqual([0, 0]);
  expect(() => world.join(ben)).toThrow(expect.objectContaining({ code: 'session-not-found' }));
});

test('M4 a lost worker closes the room', () => {
  const world = roomWorld(codec);
  const reasons: string[] = [];
  world.room.events.on('closed', (reason) => reasons.push(reason));
  world.media.events.emit('lost');
  expect(reasons).toEqual(['worker-died']);
  expect(world.assistant.closed).toBe(true);
});

test('M4 a room closed from inside a tick ends that tick', () => {
  const world = roomWorld(codec);
  const microphone = world.join(anna).speakInto();
  let pushed = 0;
  world.assistant.pushInput = () => {
    pushed++;
    world.room.close('closed');
  };
  speak(world, [{ microphone, pcm: speech({ seed: 1, ms: 400 }) }]);
  expect(pushed).toBe(1);
  expect(world.media.spoken).toEqual([]);
});

test('a peer whose room closes while it negotiates is closed', async () => {
  const world = roomWorld(codec);
  const joining = world.room.joinPeer(anna, 'v=0');
  world.room.close('closed');
  await expect(joining).rejects.toMatchObject({ code: 'session-not-found' });
  expect(world.peers[0]?.closed).toBe(true);
});

describe('M77 devices in one physical room', () => {
  const groupsOf = (world: RoomWorld) => world.media.last('same-room')?.groups;
  const grouped = (world: RoomWorld) =>
    world.facts.flatMap((fact) => (fact.type === 'devices:grouped' ? [fact.data] : []));

  test('are grouped, told of and on record; one that leaves leaves the group', () => {
    const world = roomWorld(codec);
    world.join(anna);
    world.join(ben);
    world.room.group(ben.id, [anna.id, ben.id]);
    const group = { participantIds: [anna.id, ben.id], speakerId: ben.id };
    expect(groupsOf(world)).toEqual([group]);
    expect(grouped(world)).toEqual([group]);
    world.room.leave(anna.id);
    expect(groupsOf(world)).toEqual([]);
    expect(grouped(world).at(-1)).toEqual({ participantIds: [], speakerId: null });
  });

  test('whoever asks must be one of them, and all must be there', () => {
    const world = roomWorld(codec);
    world.join(anna);
    world.join(ben);
    expect(() => world.room.group(anna.id, [ben.id, ben.id])).toThrow(/must be one of the group/);
    expect(() => world.room.group(anna.id, [anna.id, newParticipantId()])).toThrow(/not in the room/);
    expect(grouped(world)).toEqual([]);
  });

  test('only the better microphone reaches the assistant', () => {
    const world = roomWorld(codec);
    const [near, far] = [world.join(anna).speakInto(), world.join(ben).speakInto()];
    world.room.group(anna.id, [anna.id, ben.id]);
    speak(world, [
      { microphone: near, pcm: speech({ seed: 1, ms: 1_000, amplitude: 0.5 }) },
      { microphone: far, pcm: speech({ seed: 1, ms: 1_000, amplitude: 0.1 }) },
    ]);
    const voices = new Set(world.assistant.heard.flatMap(({ voices: heard }) => [...heard.keys()]));
    expect([...voices]).toEqual([anna.id]);
  });
});

test('M73 what a device plays, and when each frame went out, reaches the assistant', () => {
  const world = roomWorld(codec);
  const device = world.join(anna);
  device.say({ type: 'playout:report', rtpTimestamp: 960, ageMs: 10, outputDelayMs: 20 });
  expect(world.assistant.reports).toMatchObject([[anna.id, { rtpTimestamp: 960, ageMs: 10 }]]);
  world.assistant.output.push(new Int16Array(480).fill(5_000), new Int16Array(480).fill(5_000));
  world.assistant.become({ phase: 'speaking' });
  world.frames.turn(4);
  expect(world.assistant.sentAt).toHaveLength(2);
  expect((world.assistant.sentAt[1] ?? 0) - (world.assistant.sentAt[0] ?? 0)).toBe(960);
});
