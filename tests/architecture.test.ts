import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkFile } from './support/architecture/check.ts';
import { WORKSPACES } from './support/architecture/rules.ts';

const ROOT = join(import.meta.dirname, '..');
const packages = new Map<string, Set<string>>();
const declared = (workspace: string) => packages.get(workspace) ?? new Set<string>();
const faults = (path: string, source: string) => checkFile(path, source, declared);

beforeAll(async () => {
  for (const workspace of ['.', ...Object.keys(WORKSPACES)]) {
    const text = await readFile(join(ROOT, workspace, 'package.json'), 'utf8').catch(() => '{}');
    const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
    const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
    packages.set(workspace, new Set(kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}))));
  }
});

async function sources(): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of glob(['services/*/src/**/*.ts', 'apps/web/**/*.{ts,tsx}'], {
    cwd: ROOT,
    exclude: (path) => /(^|\/)(node_modules|\.next|generated)$/.test(path),
  }))
    if (!path.endsWith('.d.ts')) paths.push(path);
  return paths.sort();
}

test('imports run one way, in every file', async () => {
  const paths = await sources();
  expect(paths.length).toBeGreaterThan(15);
  const found = await Promise.all(
    paths.map(async (path) => faults(path, await readFile(join(ROOT, path), 'utf8'))),
  );
  expect(found.flat().join('\n')).toBe('');
});

describe('the check bites', () => {
  const hub = 'services/hub/src';
  const mixer = 'services/mixer/src';
  test.each([
    ['one service imports another', `${hub}/http/a.ts`, `import '@parley/mixer/room/Room';`, 'contract, kit'],
    ['by a path that leaves it', `${hub}/http/a.ts`, `import '../../../mixer/src/main.ts';`, 'leaves'],
    ['by a type alone', `${hub}/http/a.ts`, `type R = import('@parley/mixer/x').R;`, 'contract, kit'],
    ['by a re-export', `${hub}/http/a.ts`, `export * from '@parley/mixer/x';`, 'contract, kit'],
    ['at run time', `${hub}/http/a.ts`, `await import('@parley/mixer/x');`, 'contract, kit'],
    ['by a computed path', `${hub}/http/a.ts`, `await import('@parley/' + name);`, 'computed'],
    ['the contract imports kit', 'services/contract/src/a.ts', `import '@parley/kit/log';`, 'nothing'],
    ['the contract imports Node', 'services/contract/src/a.ts', `import 'node:fs';`, 'browsers'],
    ['the page imports kit', 'apps/web/lib/a.ts', `import '@parley/kit/log';`, 'may import contract'],
    ['a subject imports an edge', `${mixer}/room/a.ts`, `import '../media/b.ts';`, 'room/ may import audio'],
    ['a subject imports a library', `${mixer}/room/a.ts`, `import 'prom-client';`, 'is a subject'],
    ['a subject imports a Node module', `${hub}/session/a.ts`, `import 'node:http';`, 'is a subject'],
    [
      'an edge imports an edge',
      `${hub}/http/a.ts`,
      `import '../signaling/b.ts';`,
      'http/ may import session',
    ],
    [
      'mediasoup away from home',
      `${mixer}/control/a.ts`,
      `import type { types } from 'mediasoup';`,
      'lives in',
    ],
    ['opus beside its file', `${mixer}/audio/a.ts`, `import 'libopus-wasm';`, 'lives in'],
    ['a subpath away from home', `${hub}/http/a.ts`, `import 'ioredis/built/x.js';`, 'lives in'],
    ['what no package.json names', `${hub}/http/a.ts`, `import 'lodash';`, 'not a dependency'],
    ['a library of the tools', `${hub}/http/a.ts`, `import OpenAI from 'openai';`, 'not a dependency'],
    ['a fake in production', `${hub}/http/a.ts`, `import './testing/fake.ts';`, 'tests or fakes'],
    ['a folder reads main.ts', `${hub}/http/a.ts`, `import '../main.ts';`, 'wires'],
    [
      'a folder reads the configuration',
      `${hub}/http/a.ts`,
      `import { read } from '../config.ts';`,
      'above itself',
    ],
    ['a folder reads the environment', `${hub}/http/a.ts`, `const key = process.env.KEY;`, 'process.env'],
    ['in brackets', `${hub}/http/a.ts`, `const key = process['env'];`, 'process.env'],
    ['a Redis key', `${hub}/store/a.ts`, 'const key = `parley:session:${id}`;', 'keys.ts'],
  ])('%s', (_name, path, source, words) => {
    expect(faults(path, source)).toEqual([expect.stringContaining(words)]);
    expect(faults(path, `\n\n${source}`)[0]).toContain(`${path}:3 `);
  });

  test.each([
    ['a subject at its own', `${mixer}/room/a.ts`, `import '@parley/contract'; import '../audio/mix.ts';`],
    [
      'an edge at the subject',
      `${mixer}/media/a.ts`,
      `import 'mediasoup'; import type { P } from '../room/ports.ts';`,
    ],
    ['opus at home', `${mixer}/audio/opus.ts`, `import 'libopus-wasm';`],
    ['main.ts everywhere', `${hub}/main.ts`, `import './http/a.ts'; const e = process.env;`],
    ['the type of the configuration', `${hub}/http/a.ts`, `import type { Config } from '../config.ts';`],
    ['types of a library of the tools', `${hub}/http/a.ts`, `import type OpenAI from 'openai';`],
    ['a test with what it needs', `${hub}/http/a.test.ts`, `import 'ioredis'; import './testing/fake.ts';`],
    ['words that only look like it', `${hub}/http/a.ts`, `const s = "import 'ws'"; // import 'ws'`],
  ])('and leaves in peace: %s', (_name, path, source) => {
    expect(faults(path, source)).toEqual([]);
  });
});
