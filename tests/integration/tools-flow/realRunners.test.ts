import { JobList } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubApi } from '../../support/HubApi.ts';
import { ModelCalls } from '../../support/ModelCalls.ts';
import { report } from '../../support/report.ts';
import { startStack, type Stack } from '../../support/stack/startStack.ts';
import { until } from '../../support/until.ts';

let stack: Stack;
let hub: HubApi;
let model: ModelCalls;

beforeAll(async () => {
  stack = await startStack({ tools: 1 });
  hub = new HubApi(stack.url);
  model = await ModelCalls.open(stack.stores.redisUrl);
});
afterAll(async () => {
  await model.close();
  await stack.close();
});

test.each(['nested_team', 'code'] as const)(
  'a job of %s from the call to its result, with what npm start runs',
  async (kind) => {
    const { id } = (await hub.createSession()).session;
    const began = performance.now();
    expect(
      await model.call(id, kind, { task: 'Write a file hello.txt that greets the world' }),
    ).toMatchObject({ job: 1 });
    const job = await until(
      'its end',
      async () => {
        const { jobs } = JobList.parse(await (await hub.raw(`/api/sessions/${id}/jobs`)).json());
        return jobs.find(({ endedAt }) => endedAt !== null);
      },
      { withinMs: 50_000 },
    );
    const steps = await hub.events(id, { type: 'job:progressed' });
    report(`a real ${kind} job`, {
      ms: performance.now() - began,
      steps: steps.length,
      outcome: job.state,
      files: job.files.length,
      text: job.text.slice(0, 120),
    });
    expect(job).toMatchObject({ state: 'completed', attempt: 1 });
    expect(steps.length).toBeGreaterThan(0);
    expect(await model.notices(id)).toHaveLength(1);
    if (kind === 'nested_team') return;
    expect(job.artifacts).toContain('patch');
    const patch = await (await hub.raw(`/api/sessions/${id}/jobs/${job.jobId}/patch`)).text();
    expect(patch).toContain(`+++ b/${job.files[0]?.path}`);
  },
  90_000,
);
