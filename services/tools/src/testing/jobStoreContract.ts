import { DEFAULT_TOOL_POLICIES, newApprovalId, newJobId } from '@parley/contract';
import type { JobId, NewEvent, SessionId } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish } from '../desk/ending.ts';
import { openJob } from '../desk/opening.ts';
import type { Change, JobStore } from '../desk/ports.ts';
import { LIMITS, someone, typedBy } from './deskWorld.ts';

export interface OpenedStore {
  store: JobStore;
  /** A session that facts may be told about. */
  session(): Promise<SessionId>;
  facts(id: SessionId): Promise<readonly Pick<NewEvent, 'id' | 'type'>[]>;
  close(): Promise<void>;
}

/** What every store of jobs does, whatever it is made of. */
export function jobStoreContract(open: () => Promise<OpenedStore>): void {
  let opened: OpenedStore;
  beforeAll(async () => void (opened = await open()));
  afterAll(() => opened.close());

  const made = async (id: SessionId, asks = false): Promise<JobId> => {
    const ids = { jobId: newJobId(), approvalId: newApprovalId() };
    const wish = {
      sessionId: id,
      callId: ids.jobId,
      kind: 'code' as const,
      task: 'ta\u0000sk 👋',
      arguments: { task: 'ta\u0000sk 👋', files: [{ path: 'a', content: '{}' }] },
      cause: typedBy(someone('Anna', 'owner')),
      policies: DEFAULT_TOOL_POLICIES,
      judgement: { decision: asks ? 'asked' : 'allowed', reason: 'r' } as const,
    };
    await opened.store.transact(id, { callId: ids.jobId }, (view) => ({
      change: openJob(view, wish, ids, LIMITS, 1_000),
      result: undefined,
    }));
    return ids.jobId;
  };
  const end = (id: SessionId, jobId: JobId) =>
    opened.store.transact(id, { jobId }, (view) => {
      const context = { sessionId: id, at: 2_000, limits: LIMITS };
      const change = view.job && finish(view, view.job, { outcome: 'completed', text: 'done' }, context);
      return change ? { change, result: true } : { result: false };
    });

  test('what is changed is found, by ID, number and request', async () => {
    const id = await opened.session();
    const jobId = await made(id, true);
    const byId = await opened.store.view(id, { jobId });
    expect(byId).toMatchObject({
      desk: { number: 1, latest: [jobId] },
      job: { task: 'ta\u0000sk 👋', state: { at: 'asking' } },
    });
    expect(byId.job?.cause.askers).toMatchObject([{ name: 'Anna' }]);
    expect(await opened.store.view(id, { number: 1 })).toEqual(byId);
    const approvalId = byId.job?.asks[0] ?? newApprovalId();
    expect((await opened.store.view(id, { approvalId })).approvals).toMatchObject([
      { approvalId, roles: ['owner'] },
    ]);
    expect((await opened.store.view(id, { callId: jobId })).answered).toContain('waits to be allowed');
    expect(
      await opened.store.view(await opened.session(), { jobId, number: 1, callId: jobId }),
    ).toMatchObject({ job: undefined, answered: undefined });
  });

  test('arguments are there until the job is over; then it is open no more', async () => {
    const id = await opened.session();
    const jobId = await made(id);
    const isOpen = async () => (await opened.store.open()).some((each) => each.jobId === jobId);
    expect(JSON.parse((await opened.store.argumentsOf(id, jobId)) ?? '')).toMatchObject({
      files: [{ path: 'a' }],
    });
    expect(await isOpen()).toBe(true);
    await end(id, jobId);
    expect(await opened.store.argumentsOf(id, jobId)).toBeUndefined();
    expect(await isOpen()).toBe(false);
  });

  test('of many that end it at once, one does', async () => {
    const id = await opened.session();
    const jobId = await made(id);
    const ends = await Promise.all(Array.from({ length: 20 }, () => end(id, jobId)));
    expect(ends.filter(Boolean)).toHaveLength(1);
    const types = (await opened.facts(id)).map(({ type }) => type);
    expect(types).toEqual(['tool:decided', 'job:created', 'job:finished']);
  });

  test('of many that are made at once, each has a number of its own', async () => {
    const id = await opened.session();
    const jobIds = await Promise.all(Array.from({ length: 20 }, () => made(id)));
    const jobs = await Promise.all(jobIds.map((jobId) => opened.store.view(id, { jobId })));
    expect(jobs.map(({ job }) => job?.number).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    const { desk } = await opened.store.view(id, {});
    expect([desk.admitted.length, desk.waiting.length]).toEqual([3, 17]);
  });

  test('a decision that throws changes nothing', async () => {
    const id = await opened.session();
    const no = opened.store.transact(id, {}, () => {
      throw new Error('no');
    });
    await expect(no).rejects.toThrow('no');
    expect(await opened.facts(id)).toEqual([]);
  });

  test('leases begin with a change, and are kept and released', async () => {
    const id = await opened.session();
    const jobId = await made(id);
    const change: Change = { lease: { run: `run ${jobId}`, ms: 60_000 } };
    await opened.store.transact(id, { jobId }, () => ({ change, result: undefined }));
    expect(await opened.store.isAlive(`run ${jobId}`)).toBe(true);
    await opened.store.keepAlive(`run ${jobId}`, 60_000);
    await opened.store.release(`run ${jobId}`);
    expect(await opened.store.isAlive(`run ${jobId}`)).toBe(false);
  });
}
