import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createClaudeAgent } from './createClaudeAgent.ts';
import { CLAUDE } from './program.ts';

/** An agent whose npm is a shell script, with an empty cache. */
async function agentWith(npm: string) {
  const dir = await mkdtemp(join(tmpdir(), 'parley-npm-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, 'npm'), `#!/bin/sh\n${npm}\n`);
  await chmod(join(dir, 'npm'), 0o755);
  vi.stubEnv('PATH', `${dir}${delimiter}${process.env['PATH'] ?? ''}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const agent = createClaudeAgent({ cacheDir: join(dir, 'cache'), baseUrl: 'http://x', apiKey: undefined });
  const told: string[] = [];
  const install = (signal = new AbortController().signal) =>
    agent.install(({ text }) => told.push(text), signal);
  return { dir, told, install };
}

const BRINGS = `for a; do case "$a" in --prefix=*) p=\${a#--prefix=} ;; esac; done
mkdir -p "$p/node_modules/${CLAUDE.package}" && echo '{}' > "$p/node_modules/${CLAUDE.package}/package.json"
echo once >> "$(dirname "$0")/calls"`;

describe('R36 the agent’s program', () => {
  it('is brought once, for two jobs at once and for a later one, and it is told', async () => {
    const { told, install, dir } = await agentWith(BRINGS);
    const [first, second] = await Promise.all([install(), install()]);
    expect(first).toBe(second);
    expect(first).toContain(`${CLAUDE.version}-${process.platform}`);
    expect(await install()).toBe(first);
    expect(told.toSorted()).toEqual([
      `Another job is already bringing ${CLAUDE.name}`,
      expect.stringContaining(`Bringing ${CLAUDE.name}`),
      expect.stringContaining('is there after'),
    ]);
    expect(await readFile(join(dir, 'calls'), 'utf8')).toBe('once\n');
  });

  it('that cannot be brought is a failure in words, and is tried again by the next job', async () => {
    const { install } = await agentWith('echo "npm error code ENOTFOUND" >&2; exit 1');
    await expect(install()).rejects.toMatchObject({
      name: 'JobFailure',
      message: expect.stringMatching(/With a network, try again.*ENOTFOUND/),
    });
    await expect(install()).rejects.toThrow('ENOTFOUND');
  });

  it('is no longer waited for by a job that is cancelled; another goes on with it', async () => {
    const { install, dir } = await agentWith(
      `mkfifo "$(dirname "$0")/gate" 2>/dev/null; read -r x < "$(dirname "$0")/gate"\n${BRINGS}`,
    );
    const cancelled = new AbortController();
    const [first, second] = [install(), install(cancelled.signal)];
    cancelled.abort(new Error('cancelled'));
    await expect(second).rejects.toThrow('cancelled');
    await vi.waitUntil(() => existsSync(join(dir, 'gate')), 5_000);
    await writeFile(join(dir, 'gate'), 'go\n');
    expect(await first).toContain('cache');
  });

  it('is brought by the next job when the one that began is cancelled', async () => {
    const { install, dir } = await agentWith(
      `d=$(dirname "$0"); if mkdir "$d/first" 2>/dev/null; then exec sleep 60; fi\n${BRINGS}`,
    );
    const cancelled = new AbortController();
    const first = install(cancelled.signal);
    const second = install();
    await vi.waitUntil(() => existsSync(join(dir, 'first')), 5_000);
    cancelled.abort(new Error('cancelled'));
    await expect(first).rejects.toThrow('cancelled');
    expect(await second).toContain('cache');
  });
});
