import { startSimulator } from '@parley/simulator/startSimulator';
import type { ScenarioInput } from '@parley/simulator/scenarios/schema';
import {
  createAgentsRunner,
  type AgentsOptions,
} from '@parley/tools/jobs/nested_team/agents/createAgentsRunner';
import { readTeam } from '@parley/tools/jobs/nested_team/agents/TeamFile';
import { TestRun } from '@parley/tools/jobs/testing/TestRun';
import { describe, expect, it, onTestFinished } from 'vitest';

type Models = NonNullable<ScenarioInput['models']>;

/** The real agents SDK against a simulator with these answers. */
async function prepare(models: Models = [], options: Partial<AgentsOptions> = {}) {
  const simulator = await startSimulator({ scenario: { firstOutputMs: 0, models }, inspect: true });
  onTestFinished(() => simulator.close());
  const team = await readTeam();
  const prices = { 'gpt-test': { input: 1_000, output: 10_000 } };
  const runner = createAgentsRunner({
    team: { ...team, prices },
    model: 'gpt-test',
    maxTurns: 6,
    apiKey: 'test',
    baseURL: `${simulator.url}/v1`,
    maxRetries: 0,
    ...options,
  });
  const requests = async () => {
    const response = await fetch(`${simulator.url}/simulator/models`);
    return ((await response.json()) as { requests: { body: unknown }[] }).requests;
  };
  return { runner, requests };
}

const teamRun = (task = 'Write a letter about tea.') => new TestRun<'nested_team'>({ task });
const transfer = (name: string) => ({ calls: [{ name: `transfer_to_${name}` }] });

describe('R10 a team of agents', () => {
  it('hands off by itself and brings a result that says it is simulated', async () => {
    const { runner } = await prepare();
    const run = teamRun();
    const result = await runner.run(run);
    expect(result.text).toContain('simulated result');
    expect(run.steps).toMatchObject([
      { kind: 'handoff', agent: 'coordinator', text: 'coordinator hands off to writer' },
      { kind: 'message', agent: 'writer' },
      { kind: 'note', text: expect.stringMatching(/^Done with \d+ tokens/) },
    ]);
    expect(result.costUsd).toBeGreaterThan(0);
    expect(run.costUsd).toBe(result.costUsd);
  });

  it('goes through several colleagues, and the context reaches them', async () => {
    const { runner, requests } = await prepare([
      { when: { round: 0 }, reply: transfer('researcher') },
      { when: { round: 1 }, reply: transfer('planner') },
      { when: { round: 2 }, reply: { text: 'The plan.', usage: { input: 10, output: 20 } } },
    ]);
    const run = new TestRun<'nested_team'>({ task: 'Plan it.', context: 'Ben has no car.' });
    expect(await runner.run(run)).toMatchObject({ text: 'The plan.' });
    expect(run.steps.filter(({ kind }) => kind === 'handoff')).toHaveLength(2);
    expect(JSON.stringify(await requests())).toContain('Ben has no car.');
  });

  it('costs nothing known where a model has no price', async () => {
    const { runner } = await prepare([], { model: 'other' });
    expect((await runner.run(teamRun())).costUsd).toBeNull();
  });

  it('R14 brings a result of 1 MB whole', async () => {
    const { runner } = await prepare([{ reply: { text: 'word '.repeat(20), repeat: 10_486 } }]);
    const run = teamRun();
    expect((await runner.run(run)).text).toHaveLength(1_048_600);
    expect(Math.max(...run.steps.map(({ text }) => text.length))).toBeLessThanOrEqual(2_000);
  });
});

describe('R12 steering', () => {
  it('is read between two turns, once, where it came', async () => {
    const { runner, requests } = await prepare([
      { when: { round: 0 }, reply: transfer('researcher') },
      { when: { round: 1 }, reply: { ...transfer('planner'), delayMs: 300 } },
      { reply: { text: 'Done.' } },
    ]);
    const run = teamRun();
    const result = runner.run(run);
    await run.step(({ kind }) => kind === 'handoff');
    run.steer('Also mention coffee.');
    await result;
    const inputs = (await requests()).map(
      ({ body }) => JSON.stringify(body).split('Also mention coffee.').length - 1,
    );
    expect(inputs.at(-1)).toBe(1);
  });

  it('after the last answer has begun lets the run go on', async () => {
    const { runner } = await prepare([
      { when: { contains: 'coffee' }, reply: { text: 'With coffee.' } },
      { reply: { text: 'Without.', delayMs: 300 } },
    ]);
    const run = teamRun();
    const result = runner.run(run);
    run.steer(''); // wakes nobody: what counts comes while the model thinks
    setImmediate(() => run.steer('Also coffee.'));
    expect((await result).text).toBe('With coffee.');
  });
});

describe('R13 ends', () => {
  it('a cancelled run ends at once', async () => {
    const { runner } = await prepare([{ reply: { text: 'late', delayMs: 60_000 } }]);
    const run = teamRun();
    const result = runner.run(run);
    setImmediate(() => run.cancel());
    const began = performance.now();
    await expect(result).rejects.toThrow('cancelled by the test');
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('a run that never ends stops at its limit', async () => {
    const { runner } = await prepare(
      [
        { when: { instructions: 'coordinate' }, reply: transfer('researcher') },
        { when: { instructions: 'research' }, reply: transfer('planner') },
        { when: { instructions: 'make plans' }, reply: transfer('researcher') },
      ],
      { team: await pingPong() },
    );
    await expect(runner.run(teamRun())).rejects.toThrow('not done after 6 turns');
  });

  it.each([
    [401, 'did not accept the key (401)', false],
    [429, 'too many requests', true],
    [500, 'has a fault (500)', true],
    [503, 'has a fault (503)', true],
  ] as const)('%i of the provider, in words', async (status, words, retryable) => {
    const { runner } = await prepare([{ reply: { error: { status, message: 'Because.' } } }]);
    const failed = runner.run(teamRun());
    await expect(failed).rejects.toThrow(words);
    await expect(failed).rejects.toMatchObject({
      name: 'JobFailure',
      retryable,
      message: expect.stringContaining('Because.'),
    });
  });

  it.each([
    ['malformed', { text: 'x'.repeat(200), broken: 'malformed' }],
    ['cut', { text: 'x'.repeat(200), broken: 'cut' }],
    ['failed midway', { error: { status: 500, midway: true } }],
    ['a hand-off to nobody', { calls: [{ name: 'transfer_to_the_king' }] }],
    ['empty', { text: ' ' }],
  ] as const)('an answer that is %s is a failure in words', async (_name, reply) => {
    const { runner } = await prepare([
      { reply: { ...reply, calls: 'calls' in reply ? [...reply.calls] : [] } },
    ]);
    await expect(runner.run(teamRun())).rejects.toMatchObject({ name: 'JobFailure' });
  });

  it('nobody at the address', async () => {
    const { runner } = await prepare([], { baseURL: 'http://127.0.0.1:9/v1' });
    await expect(runner.run(teamRun())).rejects.toMatchObject({
      name: 'JobFailure',
      retryable: true,
      message: expect.stringContaining('could not be reached'),
    });
  });
});

async function pingPong() {
  const team = await readTeam();
  const { planner } = team.agents;
  if (!planner) throw new Error('no planner');
  return { ...team, agents: { ...team.agents, planner: { ...planner, handoffs: ['researcher'] } } };
}
