import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeRequest } from './describeRequest.ts';
import { pathOutside } from './paths.ts';
import { Prompts } from './Prompts.ts';
import { stepsOf } from './stepsOf.ts';

describe('R32 paths that tools are given', () => {
  it.each([
    ['a.txt', true],
    ['./docs/../a.txt', true],
    ['..a/b', true],
    ['inner/a.txt', true],
    ['{folder}/a.txt', true],
    ['{folder}', true],
    ['/etc/passwd', false],
    ['../a.txt', false],
    ['docs/../../a.txt', false],
    ['nowhere/../../a.txt', false],
    ['out/a.txt', false],
    ['out/new/a.txt', false],
    ['{folder}x/a.txt', false],
    ['dangling', false],
  ])('%s is inside: %s', async (path, inside) => {
    const dir = await realpath(await mkdtemp(join(tmpdir(), 'parley-paths-')));
    onTestFinished(() => rm(dir, { recursive: true }));
    const folder = join(dir, 'w');
    await mkdir(join(folder, 'docs'), { recursive: true });
    await symlink('..', join(folder, 'out'));
    await symlink('docs', join(folder, 'inner'));
    await symlink('/nowhere/at/all', join(folder, 'dangling'));
    const given = path.replace('{folder}', folder);
    expect(pathOutside({ file_path: given }, folder)).toBe(inside ? undefined : given);
    expect(pathOutside({ path: given }, folder)).toBe(inside ? undefined : given);
  });
});

describe('R30 steps', () => {
  const result = (block: object, more: object = {}) =>
    stepsOf(
      { type: 'user', message: { content: [{ type: 'tool_result', ...block }] }, tool_use_result: more },
      '/w',
    );

  it('shows a changed file with its difference', () => {
    const structuredPatch = [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 2, lines: [' a', '+b'] }];
    expect(result({ content: 'ok' }, { filePath: '/w/docs/a.md', structuredPatch })).toEqual([
      {
        kind: 'file',
        agent: null,
        text: 'Changed docs/a.md',
        detail: '--- a/docs/a.md\n+++ b/docs/a.md\n@@ -1,1 +1,2 @@\n a\n+b',
      },
    ]);
  });

  it.each([
    ['a word of nobody', { type: 'system' }],
    ['an empty text', { type: 'assistant', message: { content: [{ type: 'text', text: ' ' }] } }],
    ['a text as content', { type: 'user', message: { content: 'hello' } }],
    ['what we said ourselves', { type: 'user', isReplay: true, message: { content: [] } }],
    ['a kind from the future', { type: 'assistant', message: { content: [{ type: 'dance' }] } }],
  ])('passes over %s', (_name, message) => {
    expect(stepsOf(message, '/w')).toEqual([]);
  });

  it('cuts what is long', () => {
    const [step] = result({ content: 'x' }, { stdout: 'line\n'.repeat(100_000), stderr: '' });
    expect(step?.detail).toHaveLength(8_000);
    const [error] = result({ content: 'x'.repeat(10_000), is_error: true });
    expect(error?.text).toHaveLength(2_000);
  });
});

it('R37 a long command is asked for by its first line, and shown', () => {
  const command = `echo ${'x'.repeat(400)}\nrm -rf .`;
  const { what, detail } = describeRequest({ tool: 'Bash', input: { command } });
  expect(what.length).toBeLessThan(320);
  expect(what).toMatch(/ …$/);
  expect(detail).toBe(command);
  expect(describeRequest({ tool: 'WebFetch', input: { url: 'x' } }).what).toBe('Use WebFetch');
});

it('R12 prompts come in their order, and end when they are closed', async () => {
  const prompts = new Prompts();
  prompts.add('one');
  const heard: string[] = [];
  const reading = (async () => {
    for await (const { message, uuid } of prompts) {
      heard.push(message.content);
      prompts.read(uuid);
      if (message.content === 'one') prompts.add('two');
      else prompts.close();
    }
  })();
  await reading;
  expect(heard).toEqual(['one', 'two']);
  expect(prompts.unread).toBe(0);
});
