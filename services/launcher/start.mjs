// The door: runs on whatever Node is installed, with nothing else installed. It brings the dependencies, among them
// the Node that everything else runs on, and hands over to src/main.ts.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled } from './installed.mjs';
import { onNpmGone } from './npmGone.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const node = join(root, 'node_modules/.bin/node');

/** The one process under way. A signal is its to obey: this process ends with it. */
let child;
let signalled = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    signalled = true;
    child?.kill(signal);
  });

function say(text) {
  process.stdout.write(`${text}\n`);
}

async function install() {
  say('▸ Installing the dependencies');
  const began = Date.now();
  // On a terminal npm shows its own progress.
  const beat = process.stdout.isTTY
    ? undefined
    : setInterval(() => say(`  still installing, ${Math.round((Date.now() - began) / 1000)} s`), 5_000);
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, ...rest] = npm?.endsWith('.js') ? [process.execPath, npm, ...args] : ['npm', ...args];
  // The setup brings mediasoup's worker, and the database client needs no engine: neither is to be downloaded here,
  // whether or not this npm knows the list of allowed scripts in package.json.
  const code = await run(command, rest, {
    MEDIASOUP_WORKER_BIN: process.env.MEDIASOUP_WORKER_BIN ?? 'left-to-the-setup',
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_SKIP_POSTINSTALL_GENERATE: 'true',
  });
  clearInterval(beat);
  if (signalled) process.exit(130);
  if (code === 'ENOENT') fail('npm is missing. It comes with Node: https://nodejs.org');
  if (code !== 0)
    fail(
      'npm could not install the dependencies; its own words are above.\nMost often the network or the registry is away: check `npm ping`, then start again.',
    );
  say(`  installed in ${Math.round((Date.now() - began) / 1000)} s`);
}

/** Resolves with the exit code, or with the name of the error that kept it from starting. */
function run(command, args, env) {
  return new Promise((done) => {
    child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', (error) => done(error.code ?? 'error'));
    child.once('exit', (code) => done(code ?? 1));
  });
}

/** The channel tells the launcher when this process has gone, however it went. */
function launch() {
  child = spawn(node, [join(root, 'services/launcher/src/main.ts'), ...process.argv.slice(2)], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  onNpmGone(() => child.kill('SIGTERM'));
  child.once('error', (error) => fail(`Cannot start ${node}: ${error.message}`));
  child.once('exit', (code) => process.exit(code ?? 1));
}

function fail(message) {
  process.stderr.write(`\n${message}\n\n`);
  process.exit(1);
}

if (process.argv[2] !== 'test' && process.argv.includes('--help')) {
  process.stdout.write(readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'help.txt')));
  process.exit(0);
}
for (const option of ['port', 'host', 'data'])
  if (process.env[`npm_config_${option}`] !== undefined && !process.argv.includes(`--${option}`))
    fail(
      `npm kept --${option} for itself. Options for Parley come after two dashes:  npm start -- --${option} …`,
    );
if (!isInstalled(root)) await install();
if (!existsSync(node))
  fail(
    'The dependencies came without the Node that Parley runs on, most likely because npm is set to ignore scripts.\nRun:  npm rebuild --ignore-scripts=false node && npm rebuild --ignore-scripts=false',
  );
launch();
