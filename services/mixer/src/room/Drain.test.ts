import { newParticipantId, newSessionId } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { expect, test } from 'vitest';
import { roomsWorld } from '../testing/roomsWorld.ts';
import { Drain } from './Drain.ts';
import { LINGER_MS } from './roomPorts.ts';

const BUSY = { quietMs: 0, turnOpen: true, answering: false, playing: false };

async function world({ elsewhere = true, withinMs = 8_000 } = {}) {
  const made = roomsWorld({ maxRooms: 4 });
  const there = { elsewhere };
  const { rooms, clock } = made;
  const drain = new Drain({
    rooms,
    elsewhere: () => Promise.resolve(there.elsewhere),
    clock,
    log: silentLog,
    withinMs,
  });
  const open = async () => {
    const sessionId = newSessionId();
    await made.open(sessionId, false, 1);
    const person = { participantId: newParticipantId(), name: 'Anna', role: 'speaker' as const };
    await rooms.handlers['participant:join']({ sessionId, ...person });
    return sessionId;
  };
  const turn = async (ms: number) => {
    for (let past = 0; past < ms; past += 40) {
      clock.turn(40);
      await Promise.resolve();
    }
  };
  return { ...made, drain, there, open, turn };
}

test('M22 a room moves in a silence: its conversation ends, its devices stay connected for a moment', async () => {
  const { drain, open, turn, assistants, media, told, rooms, facts } = await world();
  const id = await open();
  const [assistant] = assistants;
  if (!assistant) throw new Error('No assistant');
  assistant.moment = BUSY;
  assistant.sayAtClose();
  const over = drain.run();
  await turn(1_000);
  expect([assistant.closed, told]).toEqual([false, []]);
  assistant.moment = { quietMs: 400, turnOpen: false, answering: false, playing: false };
  await turn(80);
  expect(assistant.closed).toBe(true);
  expect(facts).toHaveLength(1);
  expect(told).toEqual([['closed', id, 'drained', 1]]);
  expect([media[0]?.closed, rooms.has(id), rooms.busy]).toEqual([false, false, true]);
  media[0]?.devices[0]?.events.emit('gone');
  await turn(LINGER_MS);
  await over;
  expect(media[0]?.closed).toBe(true);
  expect([told.length, facts.length]).toEqual([1, 1]);
});

test('M22 it is not waited for a silence for ever', async () => {
  const { drain, open, turn, assistants, told } = await world();
  await open();
  if (assistants[0]) assistants[0].moment = BUSY;
  void drain.run();
  await turn(5_100);
  expect(told).toHaveLength(1);
});

test('M22 without another mixer a room stays until one comes', async () => {
  const { drain, open, turn, told, there } = await world({ elsewhere: false });
  await open();
  void drain.run();
  await turn(3_000);
  expect(told).toEqual([]);
  there.elsewhere = true;
  await turn(1_100);
  expect(told).toHaveLength(1);
});

test('M22 or until everybody has left, or the time is over: then they are told', async () => {
  const { drain, open, turn, told, rooms, media } = await world({ elsewhere: false });
  const [left, stays] = [await open(), await open()];
  const over = drain.run();
  media[0]?.devices[0]?.events.emit('gone');
  await turn(80);
  expect(told.at(-1)).toEqual(['closed', left, 'drained', 1]);
  await turn(8_000);
  await over;
  expect(told.at(-1)).toEqual(['closed', stays, 'drained', 1]);
  expect(media[1]?.last('notice')?.message).toContain('restarted');
  expect(rooms.busy).toBe(false);
});

test('M22 with no time at all everything closes at once', async () => {
  const { drain, open, told, rooms } = await world({ withinMs: 0 });
  await open();
  const over = drain.run();
  expect([told.length, rooms.busy]).toEqual([1, false]);
  await over;
});
