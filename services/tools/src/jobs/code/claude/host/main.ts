import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { forwardModel } from './forwardModel.ts';
import { runAgent, type Sdk } from './runAgent.ts';
import { Prompts } from './Prompts.ts';
import type { HostMessage, RunnerMessage } from '../../agent/protocol.ts';

/*
 * The host of one job of the coding agent: it runs behind the wall, with nothing but its own folder, the agent's program
 * and Node. It speaks the lines of agent/protocol.ts and ends when its input does.
 */

const PACKAGE = 'node_modules/@anthropic-ai/claude-agent-sdk';

const say = (message: HostMessage) => process.stdout.write(`${JSON.stringify(message)}\n`);
const prompts = new Prompts();
const answers = new Map<string, (answer: { approved: boolean; reason: string }) => void>();

const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit(1)); // the runner is gone
lines.on('line', (line) => {
  const message = JSON.parse(line) as RunnerMessage;
  if (message.type === 'steer') prompts.add(message.text);
  else if (message.type === 'answer') {
    answers.get(message.id)?.(message);
    answers.delete(message.id);
  } else {
    prompts.add(message.task); // at once: what comes next stands behind it
    start(message).then(
      () => process.exit(0),
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        say({ type: 'failed', why: 'agent', text, status: null });
        process.exitCode = 1;
        process.stdout.end(() => process.exit(1));
      },
    );
  }
});

async function start(settings: Extract<RunnerMessage, { type: 'start' }>): Promise<void> {
  const folder = join(settings.program, PACKAGE);
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { main: string };
  const sdk = (await import(pathToFileURL(join(folder, manifest.main)).href)) as Sdk;
  const { PATH = '', HOME = process.cwd(), PARLEY_JOB = '' } = process.env;
  const baseUrl = await forwardModel(settings.modelSocket);
  const place = { folder: process.cwd(), home: HOME, path: PATH, job: PARLEY_JOB, baseUrl };
  let asked = 0;
  const last = await runAgent(sdk, settings, prompts, place, {
    say,
    ask: (request) =>
      new Promise((resolve) => {
        const id = String((asked += 1));
        answers.set(id, resolve);
        say({ type: 'ask', id, ...request });
      }),
  });
  await new Promise<void>((resolve) => {
    process.stdout.write(`${JSON.stringify(last)}\n`, () => resolve());
  });
}
