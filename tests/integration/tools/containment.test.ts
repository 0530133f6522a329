import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenWall } from '@parley/tools/jobs/code/walls/OpenWall';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  codeRun,
  codeStand,
  printed,
  processesOf,
  runs,
  type Models,
  type StandOptions,
} from './codeStand.ts';

/** A runaway agent: does this, then says that it is done. Everything is allowed by the room. */
async function runaway(models: Models, options: StandOptions = {}) {
  const stand = await codeStand([...models, { reply: { text: 'Still here.' } }], options);
  const run = codeRun();
  run.answer = () => true;
  const result = stand.runner.run(run);
  result.catch(() => undefined);
  onTestFinished(() => expect(processesOf(run.jobId)).toEqual([]));
  return { ...stand, run, result };
}
const call = (name: string, args: Record<string, unknown>, round = 0): Models[number] => ({
  when: { round },
  reply: { calls: [{ name, arguments: args }] },
});
const MB = 2 ** 20;

describe('R33 a runaway', () => {
  it('that forks without end meets its limit, and goes', async () => {
    const bomb = 'bash -c "f() { f | f & }; f; sleep 2" 2>&1 | tail -c 300';
    const { run, result } = await runaway([runs(bomb)], { limits: { processes: 150, minutes: 0.25 } });
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, processesOf(run.jobId).length);
    }, 100);
    onTestFinished(() => clearInterval(timer));
    await result.catch(() => undefined);
    expect(most).toBeGreaterThan(10);
    expect(most).toBeLessThanOrEqual(160);
    expect(processesOf(run.jobId)).toEqual([]);
  });

  it('that takes memory in one process is refused it by the kernel', async () => {
    const eat = `perl -e 'my $x = "x" x (900 * 1024 * 1024); print length $x' 2>&1; echo code $?`;
    const { run, result } = await runaway([runs(eat)], { limits: { memory: 700 * MB } });
    await result.catch(() => undefined);
    expect(printed(run)).toMatch(/Out of memory|code [1-9]/);
    expect(printed(run)).not.toContain(String(900 * MB));
  });

  it('that takes memory in many processes is killed by the watch', async () => {
    const eat = `for i in 1 2 3 4 5 6; do perl -e 'my $x = "x" x (250 * 1024 * 1024); sleep 60' & done; wait`;
    const { result } = await runaway([runs(eat)], { limits: { memory: 1_200 * MB } });
    await expect(result).rejects.toThrow('more than 1200 MB of memory');
  });

  it('that floods its output is cut short', async () => {
    const { run, result } = await runaway([runs('yes | head -c 300000000')]);
    await result;
    expect(printed(run)).toContain('y\ny\n');
    expect(JSON.stringify(run.steps).length).toBeLessThan(100_000);
  });

  it('that writes a huge file meets the limit', async () => {
    const { run, result } = await runaway([runs('head -c 80000000 /dev/zero > big; wc -c < big')]);
    await result;
    expect(Number(/\d+/.exec(printed(run))?.[0])).toBeLessThanOrEqual(50 * MB);
  });

  it('that fills the disk with many files is killed', async () => {
    const fill = 'for i in $(seq 1 20); do head -c 20000000 /dev/zero > f$i; done; sleep 60';
    const { result } = await runaway([runs(fill)], { limits: { disk: 100 * MB } });
    await expect(result).rejects.toThrow('grew above 100 MB');
  });

  it('that leaves children behind takes them with it', async () => {
    const leave =
      'setsid nohup sleep 600 > /dev/null 2>&1 & (setsid sleep 601 &) ; env -i setsid sleep 602 & echo left';
    const { run, result } = await runaway([runs(leave)]);
    expect((await result).text).toBe('Still here.');
    expect(printed(run)).toContain('left');
    expect(processesOf(run.jobId)).toEqual([]);
    expect(await sleepers()).toEqual([]);
  });

  it('that leaves children behind takes them with it, without a wall too', async () => {
    const leave = 'setsid nohup sleep 603 > /dev/null 2>&1 & (setsid sleep 604 &) ; echo left';
    const { run, result } = await runaway([runs(leave)], { wall: new OpenWall('none') });
    await result;
    expect(printed(run)).toContain('left');
    expect(processesOf(run.jobId)).toEqual([]);
    expect(await sleepers()).toEqual([]);
  });
});

describe('R31 what lies outside', () => {
  it.each([
    ['an absolute path', '/etc/hostname'],
    ['a climb', '{workspace}/../../../../etc/hostname'],
    ['a climb out of nowhere', 'nowhere/../../../etc/hostname'],
  ])('cannot be read by a tool: %s', async (_name, file_path) => {
    const { run, result } = await runaway([call('Read', { file_path })]);
    await result;
    expect(run.steps.find(({ kind }) => kind === 'error')?.text).toContain('outside of the workspace');
  });

  it('cannot be written through a link', async () => {
    const { run, result, dataDir } = await runaway([
      runs('ln -s ../../../.. up'),
      call('Write', { file_path: '{workspace}/up/escaped', content: 'x' }, 1),
      runs('echo x > up/escaped2; ls -d up/.', 2),
    ]);
    await result;
    expect(run.steps.find(({ kind }) => kind === 'error')?.text).toContain('outside of the workspace');
    await expect(readFile(join(dataDir, '..', 'escaped'))).rejects.toThrow('ENOENT');
    await expect(readFile(join(dataDir, 'escaped2'))).rejects.toThrow('ENOENT');
  });

  it('is not there for commands: files, processes, secrets', async () => {
    const probe = [
      'for f in /root /home/*/.ssh /etc/shadow /var/lib "$0"; do test -e $f && echo "there: $f"; done',
      'touch /usr/x /etc/x /x 2>/dev/null && echo wrote',
      'echo "processes: $(ls /proc | grep -c "^[0-9]")"',
      'cat /proc/sys/kernel/core_pattern 2>/dev/null >/proc/sys/kernel/core_pattern && echo kernel',
      'echo "secrets: $(cat /proc/[0-9]*/environ | tr "\\0" "\\n" | grep -cE "REDIS|DATABASE|TOKEN_SECRET")"',
      'echo end',
    ].join('; ');
    vi.stubEnv('REDIS_URL', 'redis://secret');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { run, result } = await runaway([runs(`sh -c '${probe}' ${import.meta.filename}`)]);
    await result;
    const [processes, ...rest] = printed(run).trim().split('\n');
    expect(Number(/^processes: (\d+)$/.exec(processes ?? '')?.[1])).toBeLessThan(20);
    expect(rest).toEqual(['secrets: 0', 'end']);
  });

  it('is not reached by a kill of everything', async () => {
    const { result } = await runaway([runs('kill -9 -1')]);
    await expect(result).rejects.toMatchObject({ name: 'JobFailure' });
  });

  it('cannot be reached by network, not even the services beside it', async () => {
    const server = createServer((socket) => socket.end('secret'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const connect = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3' 2>&1; echo end`;
    const { run, result } = await runaway([runs(connect)]);
    await result;
    expect(printed(run)).toContain('refused');
    expect(printed(run)).not.toContain('secret');
  });

  it('files that a job begins with cannot lie outside', async () => {
    const { runner, folder, dataDir } = await codeStand();
    await runner.run(codeRun());
    await symlink('../../..', join(folder, 'up'));
    await writeFile(join(dataDir, 'target'), 'safe');
    await symlink(join(dataDir, 'target'), join(folder, 'direct'));
    const write = (path: string) => runner.run(codeRun('x', { files: [{ path, content: 'bad' }] }));
    await expect(write('up/escaped')).rejects.toThrow('outside of the workspace');
    await expect(write('direct')).rejects.toThrow('cannot be written');
    expect(await readFile(join(dataDir, 'target'), 'utf8')).toBe('safe');
  });
});

it.each(['namespaces', 'open'] as const)(
  'R33 a service that is killed takes its jobs with it: %s',
  async (kind) => {
    const dir = await realpath(await mkdtemp(join(tmpdir(), 'parley-dying-')));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const service = spawn(process.execPath, [join(import.meta.dirname, 'dyingService.ts'), kind, dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(service.stdout, 'data')) as [Buffer];
    const job = line.toString().trim();
    expect(processesOf(job).length).toBeGreaterThan(0);
    service.kill('SIGKILL');
    await vi.waitUntil(() => processesOf(job).length === 0, { timeout: 5_000, interval: 20 });
  },
);

async function sleepers(): Promise<string[]> {
  const ps = spawn('ps', ['-eo', 'args'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  for await (const data of ps.stdout) text += String(data);
  return text.split('\n').filter((line) => /^sleep 60[0-9]$/.test(line));
}
