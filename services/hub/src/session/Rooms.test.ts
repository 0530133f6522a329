import { AppError, newMixerId, newParticipantId, newSessionId, PROTOCOL_VERSION } from '@parley/contract';
import type { ControlCommand, ErrorCode, MixerId, MixerRecord } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { expect, test, vi } from 'vitest';
import { unknownSettings } from './fold.ts';
import type { LiveSession, MixerGateway, Place, SessionStore } from './ports.ts';
import { Rooms } from './Rooms.ts';

const a = newMixerId();
const b = newMixerId();
const participant = newParticipantId();

function record(id: MixerId, rooms: number): MixerRecord {
  const load = { draining: false, rooms, participants: 0, maxRooms: 10, cpu: 0 };
  return { id, protocol: PROTOCOL_VERSION, startedAt: 0, ...load };
}

/** Two mixers, the first less loaded; `answers` are the errors of their commands. */
function setUp(answers: (mixer: MixerId, name: ControlCommand) => ErrorCode | undefined = () => undefined) {
  const id = newSessionId();
  const live: LiveSession = {
    id,
    settings: unknownSettings(id),
    createdAt: 0,
    mixer: null,
    epoch: 0,
    locked: false,
    seats: [],
  };
  let former: MixerId | null = null;
  const records = new Map([
    [a, record(a, 0)],
    [b, record(b, 5)],
  ]);
  const store = {
    find: () => Promise.resolve({ ...live }),
    place: (_id: string, mixer: MixerId) => {
      const outcome = live.mixer === null ? 'claimed' : 'found';
      if (live.mixer === null) live.epoch += 1;
      const before = former;
      live.mixer ??= mixer;
      former = live.mixer;
      return Promise.resolve({ outcome, mixer: live.mixer, epoch: live.epoch, former: before });
    },
    unplace: (_id: string, { mixer }: Place) => {
      if (live.mixer !== mixer) return Promise.resolve(false);
      live.mixer = null;
      return Promise.resolve(true);
    },
  } as unknown as SessionStore;
  const commands: [MixerId, ControlCommand][] = [];
  const gateway = {
    command: (mixer: MixerId, name: ControlCommand) => {
      commands.push([mixer, name]);
      const code = answers(mixer, name);
      return code
        ? Promise.reject(new AppError(code, `${code} of ${mixer}`))
        : Promise.resolve({ made: name === 'room:open' });
    },
  } as MixerGateway;
  const mixers = {
    get: (mixer: MixerId) => Promise.resolve(records.get(mixer)),
    list: () => Promise.resolve([...records.values()]),
  };
  const unknown = () => Promise.reject(new Error('The archive is away.'));
  const from = { spentUsd: unknown, past: unknown };
  const rooms = new Rooms({ store, mixers, gateway, ...from, log: silentLog, now: () => 0 });
  const lost = vi.fn();
  rooms.events.on('lost', lost);
  const enter = () => rooms.enter(live, () => Promise.resolve('in'));
  return { rooms, live, records, commands, lost, enter };
}

test('H7 a room goes to the least loaded, and stays there', async () => {
  const { enter, commands, live, lost } = setUp();
  expect([await enter(), await enter()]).toEqual(['in', 'in']);
  expect(commands).toEqual([[a, 'room:open']]);
  expect(live.mixer).toBe(a);
  expect(lost).not.toHaveBeenCalled();
});

test.each(['no-mixer', 'mixer-timeout', 'not-ready'] as const)(
  'H8 a mixer that answers %s at a join loses the room to the next',
  async (code) => {
    const { enter, live, lost } = setUp((mixer) => (mixer === a ? code : undefined));
    expect(await enter()).toBe('in');
    expect(live.mixer).toBe(b);
    expect(lost).toHaveBeenCalledTimes(1);
  },
);

test('H8 when all fail the last one says why', async () => {
  const { enter, live } = setUp(() => 'mixer-timeout');
  await expect(enter()).rejects.toMatchObject({ code: 'mixer-timeout', message: `mixer-timeout of ${b}` });
  expect(live.mixer).toBeNull();
});

test('H8 a mixer whose lease has lapsed is not even asked', async () => {
  const { enter, live, records, commands, lost } = setUp();
  live.mixer = a;
  records.delete(a);
  await enter();
  expect(commands).toEqual([[b, 'room:open']]);
  expect(lost).toHaveBeenCalledExactlyOnceWith(live.id);
});

test('H8 a room that was found and is not there is made there, and its other devices are called', async () => {
  let there = false;
  const { rooms, live, commands, lost } = setUp((_mixer, name) => {
    if (name === 'room:open') there = true;
    return name === 'participant:mute' && !there ? 'session-not-found' : undefined;
  });
  live.mixer = a;
  const mute = { sessionId: live.id, participantId: participant, muted: true };
  await rooms.enter(live, (ask) => ask('participant:mute', mute));
  expect(commands.map(([, name]) => name)).toEqual(['participant:mute', 'room:open', 'participant:mute']);
  expect(lost).toHaveBeenCalledTimes(1);
});

test('H7 a mixer that did not answer is the last choice for a while; who had the room hears that it has not', async () => {
  let slow = true;
  const { enter, live, rooms, commands } = setUp((mixer, name) =>
    mixer === a && slow && name === 'room:open' ? 'mixer-timeout' : undefined,
  );
  await enter();
  slow = false;
  expect([live.mixer, live.epoch]).toEqual([b, 2]);
  expect(commands).toEqual([
    [a, 'room:open'],
    [a, 'room:close'],
    [b, 'room:open'],
  ]);
  await rooms.places.lose(live.id, { mixer: b, epoch: 2 }, 'mixer-lost', 'x');
  await enter();
  expect(live.mixer).toBe(b);
});

test('what the mixer says about the request itself costs it nothing', async () => {
  const { enter, live, lost } = setUp((_mixer, name) =>
    name === 'room:open' ? 'provider-refused' : undefined,
  );
  await expect(enter()).rejects.toMatchObject({ code: 'provider-refused' });
  expect(live.mixer).toBe(a);
  expect(lost).not.toHaveBeenCalled();
});

test('H8 a slow answer to a media command costs a mixer the room only when its lease is gone too', async () => {
  const { rooms, live, records, lost } = setUp(() => 'mixer-timeout');
  live.mixer = a;
  const ask = () => rooms.media(live.id, participant, 'media:resume', { consumerId: 'c' });
  await expect(ask()).rejects.toMatchObject({ code: 'mixer-timeout' });
  expect(lost).not.toHaveBeenCalled();
  records.delete(a);
  await expect(ask()).rejects.toMatchObject({ code: 'mixer-timeout' });
  expect(lost).toHaveBeenCalledTimes(1);
  await expect(ask()).rejects.toMatchObject({ code: 'conflict' });
});

test('H8 a loss that two notice is told once', async () => {
  const { rooms, live, lost } = setUp();
  live.mixer = a;
  await Promise.all(
    [a, a, b].map((mixer) => rooms.places.lose(live.id, { mixer, epoch: 0 }, 'mixer-lost', 'x')),
  );
  expect(lost).toHaveBeenCalledTimes(1);
});

test('that a mixer cannot be told of a leave or an end keeps nobody', async () => {
  const { rooms, live } = setUp(() => 'no-mixer');
  live.mixer = a;
  await rooms.remove(live.id, participant);
  await rooms.close(live.id, a);
});
