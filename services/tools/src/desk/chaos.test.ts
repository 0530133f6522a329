import { newApprovalId } from '@parley/contract';
import type { EventType, JobId } from '@parley/contract';
import { expect, test } from 'vitest';
import { deskWorld, someone, typedBy } from '../testing/deskWorld.ts';
import type { Context } from './ending.ts';
import { askStep, complete, progress, putBack, retry, take } from './running.ts';

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const STEPS = 250;
const LIMITS = { jobsPerSession: 2, jobsPerMinute: 1_000, approvalMs: 5_000 };

test.each(Array.from({ length: 12 }, (_, seed) => seed))(
  'T1 whatever happens in whatever order, each job has one end (seed %d)',
  async (seed) => {
    const random = randomOf(seed);
    const world = deskWorld(undefined, LIMITS);
    const { memory, dispatch, desk, sessionId, clock } = world;
    const people = [world.owner, someone('Ben', 'speaker'), someone('Lea', 'listener')];
    const one = <Each>(all: readonly Each[]): Each | undefined => all[random(all.length)];
    const jobs = () => world.facts('job:created').map(({ jobId }) => jobId);
    const context = (): Context => ({ sessionId, at: clock.at, limits: LIMITS });
    let runs = 0;
    const runOf = () => `run ${random(6)}`;

    const deeds: ((jobId: JobId) => Promise<unknown>)[] = [
      () =>
        world.call(one(['code', 'nested_team']) ?? '', { task: 'x' }, typedBy(one(people) ?? world.owner)),
      () => world.call('job_cancel', { job: 1 + random(20) }),
      async () => void (clock.at += random(3_000)),
      (jobId) => world.act({ command: 'job:cancel', jobId }, one(people)),
      (jobId) => world.act({ command: 'job:steer', jobId, instruction: 'more' }, one(people)),
      () => {
        const approvalId = one(world.facts('approval:requested'))?.approvalId ?? newApprovalId();
        return random(2) === 0
          ? desk.expire(sessionId, approvalId)
          : world.act({ command: 'approval:decide', approvalId, approve: random(2) === 0 }, one(people));
      },
      (jobId) => {
        // A worker takes what is in the queue: by a new run, or by one that has it already.
        const taking = { run: random(2) === 0 ? runOf() : `run ${(runs += 1)}`, repeatable: random(2) === 0 };
        return dispatch.change(sessionId, { jobId }, (view) =>
          view.desk.admitted.includes(jobId)
            ? take(view, { ...taking, alive: random(3) > 0, leaseMs: 1 }, context())
            : { result: undefined },
        );
      },
      (jobId) => {
        const told = { index: 1 + random(5), attempt: 1 + random(2), costUsd: null };
        const step = { kind: 'note', text: 's', agent: null, detail: null } as const;
        return dispatch.change(sessionId, { jobId }, (view) =>
          progress(view, runOf(), { ...told, step }, context()),
        );
      },
      (jobId) => {
        const request = { approvalId: newApprovalId(), what: 'w', detail: null, why: 'y' };
        return dispatch.change(sessionId, { jobId }, (view) => askStep(view, runOf(), request, context()));
      },
      (jobId) => dispatch.change(sessionId, { jobId }, (view) => retry(view, runOf(), context())),
      (jobId) => dispatch.change(sessionId, { jobId }, (view) => putBack(view, runOf())),
      (jobId) => {
        const outcome = one(['completed', 'failed', 'cancelled'] as const) ?? 'failed';
        return dispatch.change(sessionId, { jobId }, (view) =>
          complete(view, runOf(), { outcome, text: 't' }, context()),
        );
      },
    ];

    for (let step = 0; step < STEPS; step += 1) {
      const jobId = one(jobs());
      const deed = jobId ? one(deeds) : deeds[0];
      await deed?.(jobId ?? ('' as JobId));
      await check();
    }
    await desk.endSession(sessionId);
    await check();
    for (const jobId of jobs())
      // Those that run have been told to stop, and whoever looks next finds no other way.
      await dispatch.change(sessionId, { jobId }, (view) =>
        take(view, { run: 'last', repeatable: true, alive: false, leaseMs: 1 }, context()),
      );
    await check();
    expect(world.facts('job:finished').length).toBe(jobs().length);

    async function check(): Promise<void> {
      const finished = world.facts('job:finished').map((each) => each.jobId);
      expect(new Set(finished).size).toBe(finished.length);
      const told = memory.notices.map((each) => each.jobId);
      expect(new Set(told).size).toBe(told.length);
      expect(jobs().length).toBe(new Set(world.facts('job:created').map(({ number }) => number)).size);
      const decided = world.facts('approval:decided').map(({ approvalId }) => approvalId);
      expect(new Set(decided).size).toBe(decided.length);
      const { desk: all } = await memory.view(sessionId, {});
      expect(all.admitted.length).toBeLessThanOrEqual(LIMITS.jobsPerSession);
      const open = await Promise.all(
        (await memory.open()).map(async ({ jobId }) => (await memory.view(sessionId, { jobId })).job),
      );
      const placed = open.flatMap((job) => (job && job.state.at !== 'asking' ? [job.jobId] : []));
      expect([...all.admitted, ...all.waiting].toSorted()).toEqual(placed.toSorted());
      const over = new Set<string>();
      for (const { type, data } of memory.facts) {
        const { jobId } = data as { jobId?: string };
        if (jobId === undefined || type === 'tool:decided') continue;
        expect([type, over.has(jobId)]).toEqual([type, false]);
        if (type === ('job:finished' satisfies EventType)) over.add(jobId);
      }
    }
  },
);
