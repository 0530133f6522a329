import {
  type NewEvent,
  newParticipantId,
  newSessionId,
  type ParticipantId,
  PROTOCOL_VERSION,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { beforeAll, expect, test } from 'vitest';
import type { Codec } from '../audio/codec.ts';
import { loadOpus } from '../audio/opus.ts';
import { bestMatch } from '../audio/testing/compare.ts';
import { speech } from '../audio/testing/speech.ts';
import { FakeAssistant } from '../testing/FakeAssistant.ts';
import { FakeClock } from '../testing/FakeClock.ts';
import { FakeMedia, FakePeer } from '../testing/FakeMedia.ts';
import { ManualFrames } from '../testing/ManualFrames.ts';
import { heardIn, packetsOf } from '../testing/speaking.ts';
import { EMPTY_ROOM_MS, Room } from './Room.ts';

let codec: Codec;
beforeAll(async () => {
  codec = await loadOpus();
});

const anna = { id: newParticipantId(), name: 'Anna', role: 'speaker' as const };
const ben = { id: newParticipantId(), name: 'Ben', role: 'speaker' as const };
/** 300 ms: what buffering may add. */
const MAX_LAG = 7_200;

function makeRoom() {
  const clock = new FakeClock();
  const frames = new ManualFrames(clock);
  const media = new FakeMedia();
  const assistant = new FakeAssistant();
  const facts: NewEvent[] = [];
  const peers: FakePeer[] = [];
  const sessionId = newSessionId();
  const room = new Room({
    sessionId,
    media,
    assistant,
    openPeer: async () => {
      const peer = new FakePeer();
      peers.push(peer);
      return peer;
    },
    codec,
    frameClock: frames,
    clock,
    facts: { append: (event) => facts.push(event) },
    log: silentLog,
  });
  const join = (identity: { id: ParticipantId; name: string; role: 'owner' | 'speaker' | 'listener' }) => {
    room.join(identity);
    const device = media.devices.at(-1);
    if (!device) throw new Error('No device');
    return device;
  };
  return { room, clock, frames, media, assistant, facts, peers, sessionId, join };
}

type World = ReturnType<typeof makeRoom>;

/** Speaks into each microphone at once, a packet per frame, then lets `after` frames pass. */
function speak(
  { frames }: World,
  voices: { microphone: { events: { emit(name: 'rtp', packet: Buffer): boolean } }; pcm: Int16Array }[],
  after = 30,
) {
  const queues = voices.map(({ microphone, pcm }, i) => ({
    microphone,
    packets: packetsOf(codec, pcm, i + 1),
  }));
  const longest = Math.max(...queues.map(({ packets }) => packets.length));
  for (let i = 0; i < longest; i++) {
    for (const { microphone, packets } of queues) {
      const packet = packets[i];
      if (packet) microphone.events.emit('rtp', packet);
    }
    frames.turn();
  }
  frames.turn(after);
}

test('M7 the assistant hears the sum of everybody, and who it was', () => {
  const world = makeRoom();
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
  const world = makeRoom();
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

test('M5 a muted microphone is silent for the mixer and for the router', async () => {
  const world = makeRoom();
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

test('M6 joining again drops the former line and keeps the mute', async () => {
  const world = makeRoom();
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

test('M11 an idle room is not on the frame clock; sound wakes it, silence lets it sleep again', () => {
  const world = makeRoom();
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
  const world = makeRoom();
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
  const world = makeRoom();
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

test('M14 hello is answered with room:state to that device alone', () => {
  const world = makeRoom();
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
  ]);
});

test('M14 every change of the sources is told', () => {
  const world = makeRoom();
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
  const { assistant, media, facts, sessionId } = makeRoom();
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
  const world = makeRoom();
  world.join(ben).say({ type: 'text:send', id: 't1', text: 'Hello' });
  expect(world.assistant.texts).toEqual([{ id: 't1', participantId: ben.id, name: 'Ben', text: 'Hello' }]);
});

test('commands: unknown participants and plain peers are refused', async () => {
  const world = makeRoom();
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

test('M13 media that is gone removes the participant and says so', () => {
  const world = makeRoom();
  const gone: ParticipantId[] = [];
  world.room.events.on('gone', (id) => gone.push(id));
  world.join(anna).events.emit('gone');
  expect([gone, world.room.participants]).toEqual([[anna.id], 0]);
});

test('M19 an empty room closes after a while, not while somebody is in', () => {
  const world = makeRoom();
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
  const world = makeRoom();
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
  const world = makeRoom();
  const reasons: string[] = [];
  world.room.events.on('closed', (reason) => reasons.push(reason));
  world.media.events.emit('lost');
  expect(reasons).toEqual(['worker-died']);
  expect(world.assistant.closed).toBe(true);
});

test('M4 a room closed from inside a tick ends that tick', () => {
  const world = makeRoom();
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
  const world = makeRoom();
  const joining = world.room.joinPeer(anna, 'v=0');
  world.room.close('closed');
  await expect(joining).rejects.toMatchObject({ code: 'session-not-found' });
  expect(world.peers[0]?.closed).toBe(true);
});

test('a frame that fails does not take the room off the clock', () => {
  const world = makeRoom();
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
