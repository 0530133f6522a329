import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { TestRun } from '../../testing/TestRun.ts';
import { createWebSocketRunner } from './createWebSocketRunner.ts';
import { MAX_MESSAGE } from './messages.ts';

interface Told {
  type: string;
  job: string;
  resume?: boolean;
  after?: number;
  index?: number;
  instruction?: string;
}

/** A team of this test: says on each connection what it is made to say. */
class Team {
  readonly server: WebSocketServer;
  readonly told: Told[] = [];
  readonly sockets: WebSocket[] = [];
  readonly authorizations: (string | undefined)[] = [];

  constructor(port = 0) {
    this.server = new WebSocketServer({ port, host: '127.0.0.1', maxPayload: MAX_MESSAGE });
    this.server.on('connection', (socket, request) => {
      this.sockets.push(socket);
      this.authorizations.push(request.headers.authorization);
      socket.on('message', (data) => this.told.push(JSON.parse((data as Buffer).toString()) as Told));
      socket.on('error', () => undefined);
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The n-th message of this kind, now or later. */
  async heard(type: string, n = 1): Promise<Told> {
    return vi.waitUntil(() => this.told.filter((message) => message.type === type)[n - 1], {
      timeout: 5_000,
      interval: 5,
    });
  }

  say(message: object | string): void {
    this.sockets.at(-1)?.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  close(): void {
    for (const socket of this.sockets) socket.terminate();
    this.server.close();
  }
}

const progress = (job: string, index: number, text: string) => ({
  type: 'progress',
  job,
  index,
  step: { kind: 'note', text },
});

async function prepare(options: { lostMs?: number; pingMs?: number; token?: string } = {}) {
  const team = new Team();
  await once(team.server, 'listening');
  onTestFinished(() => team.close());
  const { token, ...times } = options;
  const runner = createWebSocketRunner({ url: team.url, token, retryMs: 5, lostMs: 5_000, ...times });
  const run = new TestRun<'nested_team'>({ task: 'Plan it.', context: 'Soon.' });
  const result = runner.run(run);
  result.catch(() => undefined);
  return { team, run, result };
}

describe('R20 a team behind a WebSocket', () => {
  it('gets the task, tells its steps and its result', async () => {
    const { team, run, result } = await prepare({ token: 'secret' });
    const { job, ...task } = await team.heard('task');
    expect(job).toBe(run.jobId);
    expect(task).toMatchObject({ task: 'Plan it.', context: 'Soon.', attempt: 1, resume: false, after: 0 });
    expect(team.authorizations).toEqual(['Bearer secret']);
    team.say({ ...progress(job, 1, 'Begun'), costUsd: 0.2 });
    team.say({ type: 'result', job, text: 'The plan.', costUsd: 0.5 });
    expect(await result).toEqual({ text: 'The plan.', costUsd: 0.5 });
    expect(run.steps).toMatchObject([{ kind: 'note', text: 'Begun' }]);
    expect(run.costUsd).toBe(0.5);
  });

  it('R22 is found again after a break, and nothing counts twice', async () => {
    const { team, run, result } = await prepare();
    const { job } = await team.heard('task');
    team.say(progress(job, 1, 'one'));
    await run.step(({ text }) => text === 'one');
    team.sockets.at(-1)?.terminate();
    expect(await team.heard('task', 2)).toMatchObject({ job, resume: true, after: 1 });
    team.say(progress(job, 1, 'one'));
    team.say(progress(job, 2, 'two'));
    team.say({ type: 'result', job, text: 'Done.' });
    expect((await result).text).toBe('Done.');
    expect(run.steps.filter(({ text }) => text === 'one')).toHaveLength(1);
    expect(run.steps.map(({ text }) => text)).toContain('The connection to the team is back');
  });

  it('R23 is steered, again after a break', async () => {
    const { team, run, result } = await prepare();
    const { job } = await team.heard('task');
    run.steer('Also tests.');
    expect(await team.heard('steer')).toMatchObject({ job, index: 1, instruction: 'Also tests.' });
    team.sockets.at(-1)?.terminate();
    expect(await team.heard('steer', 2)).toMatchObject({ index: 1, instruction: 'Also tests.' });
    team.say({ type: 'result', job, text: 'With tests.' });
    await result;
  });

  it('R24 is told to stop, at once', async () => {
    const { team, run, result } = await prepare();
    const { job } = await team.heard('task');
    const began = performance.now();
    run.cancel();
    await expect(result).rejects.toThrow('cancelled by the test');
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(await team.heard('cancel')).toEqual({ type: 'cancel', job });
  });

  it('R24 a cancel while nobody is there ends the job too', async () => {
    const { team, run, result } = await prepare();
    await team.heard('task');
    team.close();
    await run.step(({ text }) => text.includes('lost'));
    run.cancel();
    await expect(result).rejects.toThrow('cancelled by the test');
  });
});

describe('R25 what may go wrong', () => {
  it('the team fails, in its own words', async () => {
    const { team, result } = await prepare();
    const { job } = await team.heard('task');
    team.say({ type: 'error', job, message: 'No tea left.', retryable: true });
    await expect(result).rejects.toMatchObject({ message: 'The team failed: No tea left.', retryable: true });
  });

  it('messages that are none, and those of other jobs, change nothing', async () => {
    const { team, run, result } = await prepare();
    const { job } = await team.heard('task');
    for (const text of ['{', '[]', '{"type":"dance"}', JSON.stringify({ type: 'result', job, text: 7 })])
      team.say(text);
    team.say({ type: 'result', job: 'j_other', text: 'wrong' });
    team.say({ type: 'result', job, text: 'right' });
    expect((await result).text).toBe('right');
    expect(run.steps).toEqual([]);
  });

  it('nothing but such messages is given up', async () => {
    const { team, result } = await prepare();
    await team.heard('task');
    for (let i = 0; i < 21; i += 1) team.say('nonsense');
    await expect(result).rejects.toThrow('does not speak as it should');
  });

  it('a result of 1 MB comes whole, one that is too long is a failure', async () => {
    const first = await prepare();
    const { job } = await first.team.heard('task');
    first.team.say({ type: 'result', job, text: 'x'.repeat(2 ** 20) });
    expect((await first.result).text).toHaveLength(2 ** 20);
    const second = await prepare();
    await second.team.heard('task');
    second.team.say('x'.repeat(MAX_MESSAGE + 1));
    await expect(second.result).rejects.toThrow('more than 4 MB at once');
  });

  it('bytes are not understood', async () => {
    const { team, result } = await prepare();
    await team.heard('task');
    team.sockets.at(-1)?.send(Buffer.from([1, 2, 3]));
    await expect(result).rejects.toThrow('it sent bytes');
  });

  it.each([1008, 1003])('closed with %i it is not tried again', async (code) => {
    const { team, result } = await prepare();
    await team.heard('task');
    team.sockets.at(-1)?.close(code, 'We do not know you.');
    await expect(result).rejects.toThrow('cannot be used: We do not know you.');
    expect(team.sockets).toHaveLength(1);
  });

  it('nobody there: a failure that may be tried again', async () => {
    const { team, result } = await prepare({ lostMs: 100 });
    await team.heard('task');
    team.close();
    await expect(result).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining('lost, and did not come back'),
    });
  });

  it('a server that knows no such path is no team', async () => {
    const team = new Team();
    await once(team.server, 'listening');
    onTestFinished(() => team.close());
    team.server.shouldHandle = () => false;
    const runner = createWebSocketRunner({ url: team.url, token: undefined });
    await expect(runner.run(new TestRun<'nested_team'>({ task: 'x' }))).rejects.toThrow('status 400');
  });

  it('a team that no longer answers is left and tried again', async () => {
    const { team, result } = await prepare({ pingMs: 30 });
    const { job } = await team.heard('task');
    team.sockets[0]?.pause();
    await team.heard('task', 2);
    team.say({ type: 'result', job, text: 'Back.' });
    expect((await result).text).toBe('Back.');
  });
});
