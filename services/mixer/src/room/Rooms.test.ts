import { DEFAULT_CONVERSATION, newParticipantId, newSessionId } from '@parley/contract';
import { expect, test } from 'vitest';
import { roomsWorld as makeRooms, settings } from '../testing/roomsWorld.ts';

test('opening twice, at once or later, gives the one room', async () => {
  const { rooms, media, assistants, open } = makeRooms();
  const id = newSessionId();
  const replies = await Promise.all([open(id), open(id)]);
  replies.push(await open(id));
  const reply = { routerRtpCapabilities: { codecs: [] } };
  expect(replies).toEqual([true, false, false].map((made) => ({ ...reply, made })));
  expect([rooms.size, media.length, assistants.length]).toEqual([1, 1, 1]);
  expect(assistants[0]?.started).toBe(true);
});

test('M21 a full mixer refuses another room and keeps those it has', async () => {
  const { rooms, open } = makeRooms({ maxRooms: 1 });
  const id = newSessionId();
  await open(id);
  await expect(open()).rejects.toMatchObject({ code: 'no-mixer' });
  await expect(open(id)).resolves.toBeDefined();
  expect(rooms.size).toBe(1);
});

test('awaitAssistant gives the provider’s words when there is no link, and the room lives on', async () => {
  const { rooms, assistants, open } = makeRooms();
  const id = newSessionId();
  await open(id);
  assistants[0]?.become({ phase: 'unavailable', message: 'The key is wrong.' });
  await expect(open(id, true)).rejects.toMatchObject({
    code: 'provider-refused',
    message: 'The key is wrong.',
  });
  expect(rooms.size).toBe(1);
});

test('commands for a room that is not here', async () => {
  const { rooms } = makeRooms();
  const of = { sessionId: newSessionId(), participantId: newParticipantId() };
  const missing = { code: 'session-not-found' };
  const { handlers } = rooms;
  const person = { ...of, name: 'Anna', role: 'speaker' as const };
  await expect(handlers['participant:join'](person)).rejects.toMatchObject(missing);
  await expect(handlers['participant:mute']({ ...of, muted: true })).rejects.toMatchObject(missing);
  await expect(handlers['devices:group']({ ...of, participantIds: [] })).rejects.toMatchObject(missing);
  await expect(handlers['bridge:join']({ ...person, sdp: 'v=0' })).rejects.toMatchObject(missing);
  await expect(handlers['media:command']({ ...of, name: 'media:resume', body: {} })).rejects.toMatchObject(
    missing,
  );
  await expect(handlers['participant:leave'](of)).resolves.toEqual({});
  await expect(handlers['room:close'](of)).resolves.toEqual({});
});

test('what happens in a room by itself is told with its session', async () => {
  const { rooms, media, facts, told, open } = makeRooms();
  const id = newSessionId();
  const participantId = newParticipantId();
  await open(id);
  await rooms.handlers['participant:join']({ sessionId: id, participantId, name: 'Anna', role: 'speaker' });
  expect(rooms.participants).toBe(1);
  media[0]?.devices[0]?.events.emit('gone');
  media[0]?.events.emit('lost');
  expect(told).toEqual([
    ['gone', id, participantId, undefined],
    ['closed', id, 'worker-died', undefined],
  ]);
  expect(facts).toMatchObject([{ sessionId: id, type: 'error:raised', data: { code: 'worker-died' } }]);
  expect(rooms.size).toBe(0);
});

test('room:close closes, also a room that is only being opened', async () => {
  const { rooms, told, open, wait } = makeRooms();
  const id = newSessionId();
  const { promise, resolve } = Promise.withResolvers<void>();
  wait(promise);
  const opening = open(id);
  const closing = rooms.handlers['room:close']({ sessionId: id });
  resolve();
  await Promise.all([opening, closing]);
  expect(told).toEqual([['closed', id, 'closed', undefined]]);
  expect(rooms.size).toBe(0);
});

test('room:close is answered when the last facts of the room are in Redis', async () => {
  const { rooms, facts, assistants, open, flush } = makeRooms();
  const sessionId = newSessionId();
  await open(sessionId);
  const { promise, resolve } = Promise.withResolvers<void>();
  flush(promise);
  for (const assistant of assistants) assistant.sayAtClose();
  let answered = false;
  const closing = rooms.handlers['room:close']({ sessionId }).then(() => (answered = true));
  await Promise.resolve();
  expect([rooms.size, facts.length > 0, answered]).toEqual([0, true, false]);
  resolve();
  await closing;
  expect(answered).toBe(true);
});

test('M22 drain tells everybody, closes all rooms and opens none', async () => {
  const { rooms, media, told, open, wait } = makeRooms();
  const id = newSessionId();
  await open(id);
  const { promise, resolve } = Promise.withResolvers<void>();
  wait(promise);
  const late = open();
  rooms.drain();
  rooms.drain();
  resolve();
  await expect(late).rejects.toMatchObject({ code: 'no-mixer' });
  await expect(open()).rejects.toMatchObject({ code: 'no-mixer' });
  expect(told).toEqual([['closed', id, 'drained', undefined]]);
  expect(media[0]?.last('notice')?.message).toContain('restarted');
  expect(media.map(({ closed }) => closed)).toEqual([true, true]);
});

test('other settings reach the assistant of the room, also of one that is just being opened', async () => {
  const { rooms, assistants } = makeRooms();
  const sessionId = newSessionId();
  const conversation = { ...DEFAULT_CONVERSATION, answer: 'scribe' as const };
  await expect(rooms.handlers['room:configure']({ sessionId, conversation })).rejects.toMatchObject({
    code: 'session-not-found',
  });
  const opening = rooms.handlers['room:open']({ sessionId, settings, awaitAssistant: false });
  await rooms.handlers['room:configure']({ sessionId, conversation });
  await opening;
  expect(assistants[0]?.configured).toEqual([conversation]);
});

test('M27 the next epoch is the same room; after one of another mixer it ends without a word; an older one is refused', async () => {
  const { rooms, assistants, media, facts, told, open } = makeRooms();
  const id = newSessionId();
  await open(id, false, 2);
  expect(await open(id, false, 2)).toMatchObject({ made: false });
  expect(await open(id, false, 3)).toMatchObject({ made: false });
  expect([...rooms].map(({ epoch }) => epoch)).toEqual([3]);
  await expect(open(id, false, 1)).rejects.toMatchObject({ code: 'conflict' });
  assistants[0]?.sayAtClose();
  expect(await open(id, false, 5)).toMatchObject({ made: true });
  expect([assistants[0]?.closed, media[0]?.closed]).toEqual([true, true]);
  expect([facts, told]).toEqual([[], []]);
  expect([...rooms].map(({ epoch }) => epoch)).toEqual([5]);
});

test('M27 commands for another epoch find no room; closing or giving up an older one leaves the present', async () => {
  const { clock, rooms, told, open } = makeRooms();
  const sessionId = newSessionId();
  await open(sessionId, false, 3);
  const of = { sessionId, epoch: 2, participantId: newParticipantId() };
  const joining = rooms.handlers['participant:join']({ ...of, name: 'Anna', role: 'speaker' });
  clock.turn(1_000);
  await expect(joining).rejects.toMatchObject({ code: 'session-not-found' });
  await rooms.handlers['room:close']({ sessionId, epoch: 2 });
  rooms.giveUp(sessionId, 2);
  expect(rooms.size).toBe(1);
  rooms.giveUp(sessionId, 3);
  expect([rooms.size, told]).toEqual([0, []]);
});

test('M27 after a sleep all rooms are given up, silently, whatever they still had to say', async () => {
  const world = makeRooms();
  await world.open(newSessionId(), false, 1);
  await world.open(newSessionId(), false, 1);
  for (const assistant of world.assistants) assistant.sayAtClose();
  world.rooms.giveUpAll();
  expect([world.rooms.size, world.facts, world.told]).toEqual([0, [], []]);
});

test('M27 who joins before the room is asked for waits for it', async () => {
  const { clock, rooms, open } = makeRooms();
  const sessionId = newSessionId();
  const anna = { participantId: newParticipantId(), name: 'Anna', role: 'speaker' as const };
  const joining = rooms.handlers['participant:join']({ sessionId, epoch: 1, ...anna });
  await open(sessionId, false, 1);
  await joining;
  expect([rooms.participants, clock.timers]).toEqual([1, 0]);
});

test('M35 rooms that are being opened count: those that come at once are not all let in', async () => {
  const world = makeRooms({ maxRooms: 50, busy: (): boolean => world.rooms.claimed >= 2 });
  const opened = await Promise.allSettled([world.open(), world.open(), world.open(), world.open()]);
  expect(opened.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
  expect(world.rooms.claimed).toBe(2);
});

test('M35 a busy mixer opens no new room; one that is open goes on and lets people in', async () => {
  let busy = false;
  const world = makeRooms({ maxRooms: 5, busy: () => busy });
  const sessionId = newSessionId();
  await world.open(sessionId);
  busy = true;
  await expect(world.open()).rejects.toMatchObject({
    code: 'no-mixer',
    message: expect.stringContaining('in time'),
  });
  expect(await world.open(sessionId)).toMatchObject({ made: false });
  const person = { sessionId, participantId: newParticipantId(), name: 'Anna', role: 'speaker' as const };
  await world.rooms.handlers['participant:join'](person);
  expect(world.rooms.participants).toBe(1);
});
