import { newSessionId } from '@parley/contract';
import { afterEach, expect, test } from 'vitest';
import { HubError } from '../../support/HubApi.ts';
import type { Bot } from './Bot.ts';
import { LocalPlayers } from './LocalPlayers.ts';
import type { RoomPlan } from './Players.ts';

const players: LocalPlayers[] = [];
afterEach(async () => {
  await Promise.all(players.splice(0).map((each) => each.close()));
});

class FakeBot implements Bot {
  readonly record = { received: [], beginnings: [], troubles: [] };
  closed = 0;
  restarts = 0;
  send(): void {}
  restart(): void {
    this.restarts += 1;
  }
  close(): void {
    this.closed += 1;
  }
}

/** `refuse` says why the bot of a place is not let in. */
function stage(refuse: (index: number) => Error | undefined = () => undefined) {
  const bots: FakeBot[] = [];
  const voice = { packets: [Uint8Array.of(1)], levels: [-20], pcm: new Int16Array() };
  const local = new LocalPlayers([voice], () => (index) => {
    const error = refuse(index);
    if (error) return Promise.reject(error);
    const bot = new FakeBot();
    bots.push(bot);
    return Promise.resolve(bot);
  });
  players.push(local);
  return { bots, local };
}

const plan = (change: Partial<RoomPlan> = {}): RoomPlan => ({
  sessionId: newSessionId(),
  ownerToken: 'token',
  participants: 3,
  talkers: 0,
  fromMs: 0,
  ...change,
});
const full = new HubError(503, 'no-mixer', 'Every voice server is full.');

test('whoever is in is told of, restarted and closed once', async () => {
  const { bots, local } = stage();
  const { joinMs, refused, failed } = await local.play(plan());
  expect([joinMs.length, refused, failed]).toEqual([3, [], []]);
  await local.restart();
  expect((await local.tell()).rooms).toMatchObject([{ bots: [{}, {}, {}] }]);
  await local.close();
  expect(bots).toMatchObject(Array.from({ length: 3 }, () => ({ restarts: 1, closed: 1 })));
});

test('one after the other: when one is refused, all go, and nobody else comes', async () => {
  const { bots, local } = stage((index) => (index === 1 ? full : undefined));
  expect(await local.play(plan())).toEqual({ joinMs: [], refused: [full.message], failed: [] });
  expect(bots).toMatchObject([{ closed: 1 }]);
  expect((await local.tell()).rooms).toEqual([]);
});

test('all at once: who is refused stays away alone, and what is no refusal is a failure', async () => {
  const broken = new Error('socket hang up');
  const { bots, local } = stage((index) => [full, undefined, broken][index]);
  const admission = await local.play(plan({ arrivals: [0, 0, 0] }));
  expect(admission).toMatchObject({ refused: [full.message], failed: ['socket hang up'] });
  expect(admission.joinMs).toHaveLength(1);
  expect(bots).toMatchObject([{ closed: 0 }]);
});

test('a join counts from when somebody came, however late this thread was', async () => {
  const { local } = stage();
  const { joinMs } = await local.play(plan({ arrivals: [performance.now() - 1_000] }));
  expect(joinMs[0]).toBeGreaterThanOrEqual(1_000);
});

test('closed while bots were joining: they go, too', async () => {
  const { bots, local } = stage();
  const playing = local.play(plan({ arrivals: [performance.now() + 50] }));
  await local.close();
  await playing;
  expect(bots).toMatchObject([{ closed: 1 }]);
});
