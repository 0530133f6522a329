import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cacheDir } from './cacheDir.ts';
import { buildWithDebian, WORKER_PACKAGES } from './debianBuild.ts';
import { withLock } from './lock.ts';
import { runMediasoupInstall } from './mediasoupDownload.ts';
import { SetupError, type Setup } from './Setup.ts';
import { ensurePackages, installCommand, isDebian } from './systemPackages.ts';

/** The worker's own exit code for "started without MEDIASOUP_VERSION": it could be loaded and runs here. */
const RUNS_HERE = 41;

/**
 * The absolute path of a mediasoup worker that runs on this machine. Takes the first that there is: the one named by
 * MEDIASOUP_WORKER_BIN, the one that the package holds, a cached one, the prebuilt one of mediasoup's install script,
 * one built with Debian's packages. Throws SetupError when all fail (L2).
 */
export async function ensureMediasoupWorker(setup: Setup): Promise<string> {
  const { root, env, terminal, signal } = setup;
  const given = env['MEDIASOUP_WORKER_BIN'];
  if (given) {
    if (runsHere(resolve(given))) return resolve(given);
    throw new SetupError(`MEDIASOUP_WORKER_BIN names ${given}, which does not run here.`);
  }
  const mediasoupDir = join(root, 'node_modules/mediasoup');
  const own = join(mediasoupDir, 'worker/out/Release/mediasoup-worker');
  if (runsHere(own)) return own;
  const cached = await workerCachePath(env, mediasoupDir);
  if (runsHere(cached)) return cached;
  return withLock(
    join(dirname(cached), 'lock'),
    async () => {
      if (runsHere(cached)) return cached; // whoever held the lock has built it
      await bring(setup, mediasoupDir, own, cached);
      return cached;
    },
    { onWait: () => terminal.note("Another setup is already bringing mediasoup's worker, waiting"), signal },
  );
}

async function bring(setup: Setup, mediasoupDir: string, own: string, cached: string): Promise<void> {
  const { terminal, signal } = setup;
  terminal.step("Bringing mediasoup's worker (once per machine)");
  let why: unknown;
  try {
    await runMediasoupInstall(setup, mediasoupDir, !isDebian());
    if (!runsHere(own)) throw new Error('The worker that it brought does not run here');
    return await keep(own, cached);
  } catch (error) {
    signal.throwIfAborted();
    why = error;
  }
  if (isDebian() && (await ensurePackages(setup, WORKER_PACKAGES))) {
    terminal.step("Building mediasoup's worker, a few minutes");
    const buildDir = join(dirname(cached), 'build');
    const shims = join(setup.root, 'services/launcher/native/mediasoup-worker');
    const program = await buildWithDebian(setup, {
      workerSource: join(mediasoupDir, 'worker'),
      shims,
      buildDir,
    });
    if (!runsHere(program))
      throw new SetupError('The worker was built but does not run here: ' + program, { cause: why });
    await keep(program, cached);
    await rm(buildDir, { recursive: true, force: true });
    return;
  }
  throw new SetupError(
    isDebian()
      ? `mediasoup's worker could not be downloaded, and to build it some packages are missing. Install them and start again:\n\n    ${installCommand(WORKER_PACKAGES.packages)}\n`
      : "mediasoup's worker could neither be downloaded nor built. With a network try again, or name one by MEDIASOUP_WORKER_BIN.",
    { cause: why },
  );
}

/** Copies under another name first: nobody ever sees half a program. */
async function keep(program: string, cached: string): Promise<void> {
  await mkdir(dirname(cached), { recursive: true });
  const half = `${cached}.${process.pid}`;
  await copyFile(program, half);
  await chmod(half, 0o755);
  await rename(half, cached);
}

function runsHere(program: string): boolean {
  if (!existsSync(program)) return false;
  const env = { ...process.env };
  delete env['MEDIASOUP_VERSION'];
  return spawnSync(program, { env, stdio: 'ignore', timeout: 10_000 }).status === RUNS_HERE;
}

/** Where a worker is kept: one fits one mediasoup release on one kind of machine. */
export async function workerCachePath(
  env: Readonly<NodeJS.ProcessEnv>,
  mediasoupDir: string,
): Promise<string> {
  const { version } = JSON.parse(await readFile(join(mediasoupDir, 'package.json'), 'utf8')) as {
    version: string;
  };
  const key = `${version}-${process.platform}-${process.arch}-${libc()}`;
  return join(cacheDir(env), 'mediasoup-worker', key, 'mediasoup-worker');
}

function libc(): string {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const glibc = report.header?.glibcVersionRuntime;
  return glibc ? `glibc${glibc}` : process.platform === 'linux' ? 'musl' : 'system';
}
