import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '@parley/launcher/setup/cacheDir';
import type { ScenarioInput } from '@parley/simulator/scenarios/schema';
import { startSimulator } from '@parley/simulator/startSimulator';
import { createClaudeAgent } from '@parley/tools/jobs/code/claude/createClaudeAgent';
import type { CodeOptions } from '@parley/tools/jobs/code/CodeOptions';
import { createCodeRunner } from '@parley/tools/jobs/code/createCodeRunner';
import { chooseWall } from '@parley/tools/jobs/code/walls/chooseWall';
import { TestRun } from '@parley/tools/jobs/testing/TestRun';
import type { ToolArguments } from '@parley/contract';
import { onTestFinished } from 'vitest';

export type Models = NonNullable<ScenarioInput['models']>;
const MB = 2 ** 20;

const LIMITS: CodeOptions['limits'] = {
  turns: 12,
  costUsd: 1_000,
  minutes: 2,
  memory: 3_000 * MB,
  processes: 300,
  fileSize: 50 * MB,
  cpuSeconds: 60,
  disk: 200 * MB,
};

export interface StandOptions {
  limits?: Partial<CodeOptions['limits']>;
  wall?: CodeOptions['wall'];
  ask?: CodeOptions['ask'];
  cloneFrom?: readonly string[];
  baseUrl?: string;
  cacheDir?: string;
}

/** The real agent SDK behind the wall of this machine, against a simulator with these answers. */
export async function codeStand(models: Models = [], options: StandOptions = {}) {
  const simulator = await startSimulator({ scenario: { firstOutputMs: 0, models }, inspect: true });
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-code-'));
  const { limits, wall, baseUrl = simulator.url, cacheDir: cache, ...others } = options;
  const runner = createCodeRunner({
    agent: createClaudeAgent({
      cacheDir: cache ?? cacheDir(process.env),
      baseUrl,
      apiKey: 'the-real-key',
    }),
    wall: wall ?? (await chooseWall('auto')),
    dataDir,
    network: false,
    ask: 'commands',
    model: undefined,
    ...others,
    limits: { ...LIMITS, ...limits },
  });
  onTestFinished(async () => {
    await runner.close();
    await simulator.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const requests = async () => {
    const response = await fetch(`${simulator.url}/simulator/models`);
    return ((await response.json()) as { requests: { body: unknown }[] }).requests;
  };
  return { runner, dataDir, requests, folder: join(dataDir, 'workspaces/k7fm-2xqd/files') };
}

export const codeRun = (task = 'Write notes.md about tea.', more: Partial<ToolArguments<'code'>> = {}) =>
  new TestRun<'code'>({ task, ...more });

/** An answer that runs a command, once, in this round. */
export const runs = (command: string, round = 0): Models[number] => ({
  when: { round },
  reply: { calls: [{ name: 'Bash', arguments: { command, description: 'test' } }] },
});

/** What the last command of a run printed. */
export function printed(run: TestRun<'code'>): string {
  return run.steps.filter(({ kind }) => kind === 'command' || kind === 'error').at(-1)?.detail ?? '';
}

/** Processes on this machine that carry the mark of a job. */
export function processesOf(jobId: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes(`PARLEY_JOB=${jobId}`);
    } catch {
      return false; // no process, or gone
    }
  });
}
