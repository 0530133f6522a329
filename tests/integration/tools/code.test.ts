import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { codeRun, codeStand, printed, processesOf, runs } from './codeStand.ts';

/** Commands that the agent itself does not take for harmless. */
const MAKE = `perl -e 'open F, ">made-by-command"'`;
const SLEEP = `perl -e 'sleep 600'`;
const done = { reply: { text: 'Done.' } };

describe('R30 the coding agent', () => {
  it('writes a real file, and brings steps, difference, patch and zip', async () => {
    const { runner, folder } = await codeStand();
    const run = codeRun();
    const result = await runner.run(run);
    expect(await readFile(join(folder, 'notes.md'), 'utf8')).toContain('tea');
    expect(result.text).toContain('Simulated');
    expect(result.files).toEqual([{ path: 'notes.md', change: 'added', added: 3, removed: 0 }]);
    expect(result.patch).toContain('+++ b/notes.md');
    expect(result.zip?.subarray(0, 2).toString()).toBe('PK');
    expect(run.steps).toContainEqual(
      expect.objectContaining({
        kind: 'file',
        text: 'Wrote notes.md',
        detail: expect.stringContaining('+# Hello'),
      }),
    );
    expect(run.asked).toEqual([]);
    expect(run.steps.map(({ kind }) => kind)).not.toContain('error');
    expect(result.costUsd).toBe(0);
  });

  it('changes a file that it was given; the next job of the session finds it', async () => {
    const { runner, folder } = await codeStand();
    const given = { files: [{ path: 'docs/tea.md', content: '# Tea\n\nIt is hot.\n' }] };
    const result = await runner.run(codeRun('Improve docs/tea.md', given));
    expect(result.files).toEqual([{ path: 'docs/tea.md', change: 'modified', added: 1, removed: 0 }]);
    await runner.run(codeRun('Improve docs/tea.md again'));
    const text = await readFile(join(folder, 'docs/tea.md'), 'utf8');
    expect(text.match(/Added by/g)).toHaveLength(2);
  });

  it('R39 two jobs of one session wait for each other', async () => {
    const { runner } = await codeStand([runs(MAKE), done]);
    const [first, second] = [codeRun(), codeRun()];
    first.answer = second.answer = () => true;
    const ends: number[] = [];
    await Promise.all([
      runner.run(first).then(() => ends.push(1)),
      runner.run(second).then(() => ends.push(2)),
    ]);
    expect(ends).toEqual([1, 2]);
    expect(second.steps[0]?.text).toContain('Waits for another job');
  });

  it('tells what it costs', async () => {
    const { runner } = await codeStand([{ reply: { text: 'Hm.', usage: { input: 1_000, output: 1_000 } } }]);
    const run = codeRun();
    const { costUsd } = await runner.run(run);
    expect(costUsd).toBeGreaterThan(0);
    expect(run.costUsd).toBe(costUsd);
  });

  it('R14 brings 1 MB whole', async () => {
    const { runner } = await codeStand([{ reply: { text: 'word '.repeat(20), repeat: 10_486 } }]);
    expect((await runner.run(codeRun())).text.length).toBeGreaterThan(1_000_000);
  });
});

describe('R37 approvals', () => {
  it('a command that may do something is asked for, and runs after a yes', async () => {
    const { runner, folder } = await codeStand([runs(MAKE), done]);
    const run = codeRun();
    run.answer = () => true;
    await runner.run(run);
    expect(run.asked).toEqual([
      {
        what: `Run: ${MAKE}`,
        detail: MAKE,
        why: expect.stringContaining('test'),
      },
    ]);
    expect(await readFile(join(folder, 'made-by-command'), 'utf8')).toBe('');
  });

  it('after a no it does not, and the agent is told who said so', async () => {
    const { runner, requests, folder } = await codeStand([runs(MAKE), done]);
    const run = codeRun();
    const result = await runner.run(run);
    expect(result).toMatchObject({ text: 'Done.', files: [] });
    expect(JSON.stringify(await requests())).toContain('Not allowed: Anna said no');
    await expect(readFile(join(folder, 'made-by-command'))).rejects.toThrow('ENOENT');
  });

  it('a question that nobody answers ends with the job', async () => {
    const { runner } = await codeStand([runs(MAKE), done]);
    const run = codeRun();
    run.answer = () => new Promise(() => {});
    const result = runner.run(run);
    await vi.waitUntil(() => run.asked.length > 0, 20_000);
    run.cancel();
    await expect(result).rejects.toThrow('cancelled by the test');
  });
});

describe('R12 steering', () => {
  it('reaches the agent while it works', async () => {
    const { runner, requests } = await codeStand([runs(MAKE), runs('ls', 1), done]);
    const run = codeRun();
    run.answer = () => {
      run.steer('Also mention coffee.');
      return true;
    };
    await runner.run(run);
    expect(JSON.stringify((await requests()).at(-1))).toContain('Also mention coffee.');
  });

  it('after its last word lets it go on', async () => {
    const { runner, requests } = await codeStand([
      { when: { contains: 'coffee' }, reply: { text: 'With coffee.' } },
      { reply: { text: 'Without.', delayMs: 1_000 } },
    ]);
    const run = codeRun();
    const result = runner.run(run);
    await vi.waitUntil(async () => (await requests()).length === 1, { timeout: 20_000, interval: 20 });
    run.steer('Also coffee.');
    expect((await result).text).toBe('With coffee.');
  });
});

it('R12 an instruction that comes before the agent is ready stands behind the task', async () => {
  const { runner, requests } = await codeStand([done]);
  const run = codeRun('First the task.');
  run.steer('Then coffee.');
  await runner.run(run);
  expect(JSON.stringify(await requests())).toMatch(/First the task.*Then coffee/);
});

describe('R33 ends', () => {
  it('a cancelled job is gone within 2 s, with all its processes', async () => {
    const { runner } = await codeStand([runs(SLEEP), done]);
    const run = codeRun();
    run.answer = () => true;
    const result = runner.run(run);
    await run.step(({ text }) => text === `$ ${SLEEP}`);
    await vi.waitUntil(() => processesOf(run.jobId).length > 3, 20_000);
    const began = performance.now();
    run.cancel();
    await expect(result).rejects.toThrow('cancelled by the test');
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(processesOf(run.jobId)).toEqual([]);
  });

  it('stops at its turns', async () => {
    const again = { reply: { calls: [{ name: 'Bash', arguments: { command: 'ls' } }] } };
    const { runner } = await codeStand([again], { limits: { turns: 3 } });
    await expect(runner.run(codeRun())).rejects.toThrow('not done after 3 turns');
  });

  it('stops at its cost', async () => {
    const again = {
      reply: {
        calls: [{ name: 'Bash', arguments: { command: 'ls' } }],
        usage: { input: 500_000, output: 500_000 },
      },
    };
    const { runner } = await codeStand([again], { limits: { costUsd: 0.5 } });
    const failed = runner.run(codeRun());
    await expect(failed).rejects.toThrow('0.5 US dollars');
    await expect(failed).rejects.toMatchObject({ costUsd: expect.any(Number) });
  });

  it('stops when its time is over', async () => {
    const { runner } = await codeStand([runs(SLEEP), done], { limits: { minutes: 0.05 } });
    const run = codeRun();
    run.answer = () => true;
    await expect(runner.run(run)).rejects.toThrow('0.05 minutes');
    expect(processesOf(run.jobId)).toEqual([]);
  });

  it.each([
    [401, 'did not accept the key (401)', false],
    [400, 'did not accept the request (400)', false],
    [529, 'is overloaded (529)', true],
    [500, 'has a fault (500)', true],
  ] as const)('%i of the provider, in words', async (status, words, retryable) => {
    const { runner } = await codeStand([{ reply: { error: { status, message: 'Because of that.' } } }]);
    const failed = runner.run(codeRun());
    await expect(failed).rejects.toThrow(words);
    await expect(failed).rejects.toMatchObject({ name: 'JobFailure', retryable });
  });

  it.each(['malformed', 'cut'] as const)(
    'a stream that is %s is asked again or fails in words',
    async (broken) => {
      const { runner } = await codeStand([
        { times: 1, reply: { text: 'x'.repeat(300), broken } },
        { reply: { text: 'Whole.' } },
      ]);
      const end = await runner.run(codeRun()).catch((error: unknown) => error);
      if (end instanceof Error) expect(end.name).toBe('JobFailure');
      else expect(end).toMatchObject({ text: expect.stringMatching(/Whole|x{300}/) });
    },
  );

  it('nobody at the address', async () => {
    const { runner } = await codeStand([], { baseUrl: 'http://127.0.0.1:9' });
    await expect(runner.run(codeRun())).rejects.toMatchObject({
      name: 'JobFailure',
      message: expect.stringContaining('could not be reached'),
    });
  });

  it('R36 without a network the program cannot be brought, and it says so', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'parley-cache-'));
    onTestFinished(() => rm(cacheDir, { recursive: true }));
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9');
    vi.stubEnv('npm_config_fetch_retries', '0');
    vi.stubEnv('npm_config_cache', join(cacheDir, 'npm'));
    onTestFinished(() => void vi.unstubAllEnvs());
    const { runner } = await codeStand([], { cacheDir });
    const run = codeRun();
    await expect(runner.run(run)).rejects.toThrow(/could not be brought.*With a network, try again/);
    expect(run.steps[0]?.text).toContain('Bringing the coding agent');
  });
});

describe('R38 repositories', () => {
  async function repository() {
    const dir = await mkdtemp(join(tmpdir(), 'parley-repo-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    await chmod(dir, 0o755); // cloned as another user
    const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, stdio: 'ignore' });
    git('init', '--quiet');
    await writeFile(join(dir, 'readme.md'), 'A repository.\n');
    await symlink('/etc/passwd', join(dir, 'link'));
    git('add', '.');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '--quiet', '-m', 'one');
    return dir;
  }

  it('are cloned into the folder, and only what the agent changes counts', async () => {
    const dir = await repository();
    const { runner, folder } = await codeStand([], { cloneFrom: ['file://'] });
    const name = dir.split('/').at(-1) ?? '';
    const run = codeRun(`Improve ${name}/readme.md`, { repository: `file://${dir}` });
    const result = await runner.run(run);
    expect(await readFile(join(folder, name, 'readme.md'), 'utf8')).toContain('A repository.');
    expect(result.files?.every(({ path }) => !path.includes('.git/'))).toBe(true);
    expect(result.files?.map(({ change }) => change)).not.toContain('deleted');
  });

  it('at other addresses are refused', async () => {
    const { runner } = await codeStand();
    const refused = runner.run(codeRun('x', { repository: 'file:///etc' }));
    await expect(refused).rejects.toThrow('Only repositories at https://');
  });

  it('that are not there are a failure in words', async () => {
    const { runner } = await codeStand([], { cloneFrom: ['file://'] });
    const dir = await mkdtemp(join(tmpdir(), 'parley-repo-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    await mkdir(join(dir, 'empty'));
    const failed = runner.run(codeRun('x', { repository: `file://${dir}/empty` }));
    await expect(failed).rejects.toThrow('could not be cloned');
  });
});

it('R35 the agent never has the key of the provider', async () => {
  const { runner, requests } = await codeStand([runs('env; cat /proc/*/environ | tr "\\0" "\\n"'), done]);
  const run = codeRun();
  run.answer = () => true;
  await runner.run(run);
  expect(printed(run)).toContain('ANTHROPIC_API_KEY=');
  expect(printed(run)).not.toContain('the-real-key');
  expect((await requests()).length).toBeGreaterThan(0);
});
