import type { SessionId } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubApi } from '../../support/HubApi.ts';
import { ModelCalls } from '../../support/ModelCalls.ts';
import { startStack, type Stack } from '../../support/stack/startStack.ts';
import { until } from '../../support/until.ts';

let stack: Stack;
let hub: HubApi;
let model: ModelCalls;

beforeAll(async () => {
  stack = await startStack({ tools: { scripted: 1 } });
  hub = new HubApi(stack.url);
  model = await ModelCalls.open(stack.stores.redisUrl);
});
afterAll(async () => {
  await model.close();
  await stack.close();
});

const session = async () => (await hub.createSession()).session.id;

/** The facts of the session's jobs, once `count` of them have ended. */
const ended = (id: SessionId, count = 1) =>
  until(`${count} ends in ${id}`, async () => {
    const events = (await hub.events(id)).filter(({ type }) => /^(tool:decided|job:|approval:)/.test(type));
    return events.filter(({ type }) => type === 'job:finished').length >= count && events;
  });

test('T1 a call becomes a job, its end a fact and a notice', async () => {
  const id = await session();
  const output = await model.team(id, 'step all good cost 0.25 step');
  expect(output).toMatchObject({ job: 1, state: 'started' });
  const events = await ended(id);
  expect(events.map(({ type }) => type)).toEqual([
    'tool:decided',
    'job:created',
    'job:started',
    'job:progressed',
    'job:progressed',
    'job:finished',
  ]);
  expect(events.at(-1)?.data).toMatchObject({
    number: 1,
    outcome: 'completed',
    text: 'all good',
    costUsd: 0.25,
    artifacts: ['result', 'patch', 'zip'],
  });
  expect(await model.notices(id)).toMatchObject([{ number: 1, outcome: 'completed', text: 'all good' }]);
});
