import type { JobKind, SessionEvent, SessionId } from '@parley/contract';
import { keys } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubApi } from '../../support/HubApi.ts';
import { ModelCalls } from '../../support/ModelCalls.ts';
import { report } from '../../support/report.ts';
import type { ServiceProcess } from '../../support/stack/ServiceProcess.ts';
import { startStack, type Stack } from '../../support/stack/startStack.ts';
import { startKillableServers, type KillableServers } from '../../support/stores/killableServers.ts';
import { until } from '../../support/until.ts';

const LEASE_MS = 2_000;
/** Long enough that what is killed dies in the midst of it. */
const TASK = 'step wait 1500 step wait 1500 step all done';
const KINDS: readonly JobKind[] = ['nested_team', 'code'];

let servers: KillableServers;
let stack: Stack;
let hub: HubApi;
let model: ModelCalls;

beforeAll(async () => {
  servers = await startKillableServers();
  stack = await startStack({
    stores: servers.stores,
    hubs: 2,
    tools: { scripted: 2 },
    toolsEnv: { JOB_LEASE_MS: String(LEASE_MS), APPROVAL_TIMEOUT_MS: '4000' },
  });
  hub = new HubApi(stack.hubUrls[1] ?? '');
  model = await ModelCalls.open(stack.stores.redisUrl);
});
afterAll(async () => {
  await model.close();
  await stack.close();
  await servers.stores.close();
});

const tools = (index: number): ServiceProcess => {
  const found = stack.tools[index];
  if (!found) throw new Error('There are two');
  return found;
};

interface End {
  outcome: string;
  text: string;
  attempts: number;
}

const JOB = /^(job|approval):/;
const facts = async (id: SessionId) => (await hub.events(id)).filter(({ type }) => JOB.test(type));
const count = (events: readonly SessionEvent[], type: string) =>
  events.filter((event) => event.type === type).length;

/**
 * One job of each kind in a session of its own; when both run something happens to what runs them. Returns how they
 * ended, after making sure that each ended once, was told once, and left nothing behind.
 */
async function inMidJob(
  what: string,
  happens: () => Promise<void>,
  task = TASK,
): Promise<Record<JobKind, End>> {
  const sessions = await Promise.all(KINDS.map(async () => (await hub.createSession()).session.id));
  await Promise.all(sessions.map((id, index) => model.call(id, KINDS[index] ?? 'code', { task })));
  for (const id of sessions)
    await until(`the job of ${id} to be under way`, async () => count(await facts(id), 'job:progressed') > 0);
  const began = performance.now();
  await happens();
  const ends = await Promise.all(
    sessions.map(async (id, index) => {
      const events = await until(
        `the end of the job of ${id}`,
        async () => {
          const all = await facts(id);
          return count(all, 'job:finished') > 0 && all;
        },
        { withinMs: 40_000 },
      );
      const finished = events.find((event) => event.type === 'job:finished');
      const started = events.filter((event) => event.type === 'job:started');
      if (finished?.type !== 'job:finished') throw new Error('No end');
      const { outcome, text } = finished.data;
      const attempts = started.length;
      const afterMs = Math.round(performance.now() - began);
      report(`in mid-job: ${what}`, {
        kind: KINDS[index] ?? '',
        outcome,
        attempts,
        'end after ms': afterMs,
        text,
      });
      return { outcome, text, attempts };
    }),
  );
  await until('nothing to be open', async () => (await model.redis.zcard(keys.openJobs)) === 0);
  for (const id of sessions) {
    expect(count(await facts(id), 'job:finished')).toBe(1);
    expect(await model.notices(id)).toHaveLength(1);
    const seqs = (await hub.events(id)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  }
  const [team, code] = ends;
  if (!team || !code) throw new Error('Two jobs have two ends');
  return { nested_team: team, code };
}

const DONE = { outcome: 'completed', text: 'all done', attempts: 1 };
const AGAIN = { ...DONE, attempts: 2 };
const LOST = { outcome: 'failed', text: expect.stringContaining('was lost') as string, attempts: 1 };

/** Whichever process has them: the other one is not there meanwhile. */
async function alone(index: number, run: () => Promise<void>): Promise<void> {
  const other = tools(1 - index);
  await other.stop();
  try {
    await run();
  } finally {
    if (!other.running) await other.start();
  }
}

test('T10 a killed worker: another one takes up what may be repeated', async () => {
  await alone(0, async () => {
    const ends = await inMidJob('worker killed, another one there', async () => {
      await tools(1).start();
      await tools(0).kill();
    });
    expect(ends).toEqual({ nested_team: AGAIN, code: LOST });
  });
  await tools(0).start();
});

test('T10 a killed worker that comes back does the same by itself', async () => {
  await alone(0, async () => {
    const ends = await inMidJob('worker killed, back after 1 s', async () => {
      await tools(0).kill();
      await tools(0).start();
    });
    expect(ends).toEqual({ nested_team: AGAIN, code: LOST });
  });
});

test('T11 a worker that is asked to stop puts its jobs back', async () => {
  await alone(0, async () => {
    const ends = await inMidJob('worker asked to stop, another one there', async () => {
      await tools(1).start();
      await tools(0).stop();
    });
    expect(ends).toEqual({
      nested_team: AGAIN,
      code: { ...LOST, text: expect.stringContaining('was stopped') },
    });
  });
  await tools(0).start();
});

test('T10 a worker that sleeps and comes back tells nothing of what it has lost', async () => {
  await alone(0, async () => {
    const { pid } = tools(0);
    const ends = await inMidJob('worker asleep for longer than its lease, another one there', async () => {
      await tools(1).start();
      process.kill(pid, 'SIGSTOP');
      await until('somebody to notice', async () => (await model.redis.zcard(keys.openJobs)) < 2, {
        withinMs: 20_000,
      });
      process.kill(pid, 'SIGCONT');
    });
    expect(ends).toEqual({ nested_team: AGAIN, code: LOST });
  });
});

test('T10 a worker that sleeps alone goes on with what nobody else has taken', async () => {
  await alone(0, async () => {
    const { pid } = tools(0);
    const ends = await inMidJob('only worker asleep for 1.5 leases', async () => {
      process.kill(pid, 'SIGSTOP');
      const asleep = performance.now();
      await until('its lease to be over', () => performance.now() - asleep > LEASE_MS * 1.5);
      process.kill(pid, 'SIGCONT');
    });
    expect(ends).toEqual({ nested_team: DONE, code: DONE });
  });
});

test('T10 a killed Redis: what runs goes on', async () => {
  const ends = await inMidJob('Redis killed, back at once', async () => {
    await servers.redis.kill();
    await servers.redis.start();
  });
  expect(ends).toEqual({ nested_team: DONE, code: DONE });
});

test('T10 a Redis that is away for longer than the leases', async () => {
  const ends = await inMidJob('Redis killed, back after 2 leases', async () => {
    await servers.redis.kill();
    const killed = performance.now();
    await until('two leases to be over', () => performance.now() - killed > LEASE_MS * 2);
    await servers.redis.start();
  });
  expect(ends).toEqual({ nested_team: DONE, code: DONE });
});

test('T10 a killed hub: jobs do not need it', async () => {
  const [first] = stack.hubs;
  const ends = await inMidJob('a hub killed', async () => {
    await first?.kill();
  });
  expect(ends).toEqual({ nested_team: DONE, code: DONE });
  await first?.start();
});

test('T10 everything is killed at once', async () => {
  const ends = await inMidJob('Redis, both workers and a hub killed', async () => {
    const [first] = stack.hubs;
    await Promise.all([servers.redis.kill(), first?.kill(), ...stack.tools.map((each) => each.kill())]);
    await servers.redis.start();
    await Promise.all([first?.start(), ...stack.tools.map((each) => each.start())]);
  });
  expect(ends).toEqual({ nested_team: AGAIN, code: LOST });
});

test('T7 what nobody has answered expires also when nobody was there meanwhile', async () => {
  const ends = await inMidJob(
    'it asks, and all workers are killed',
    async () => {
      await Promise.all(stack.tools.map((each) => each.kill()));
      await Promise.all(stack.tools.map((each) => each.start()));
    },
    'step ask then',
  );
  // The second attempt asks anew.
  expect(ends.nested_team).toMatchObject({
    outcome: 'failed',
    attempts: 2,
    text: expect.stringContaining('Nobody answered in time'),
  });
  expect(ends.code).toMatchObject(LOST);
});
