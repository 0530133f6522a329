import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ninjaFile } from './ninjaFile.ts';
import { commonSources, PATCHED_SOURCE, patchDtlsTransport } from './workerSources.ts';

const worker = join(import.meta.dirname, '../../../../node_modules/mediasoup/worker');
const read = (file: string) => readFile(join(worker, file), 'utf8');

test("the installed release's list of sources can be read, and each is there", async () => {
  const sources = commonSources(await read('meson.build'));
  expect(sources.length).toBeGreaterThan(150);
  expect(sources).toContain('src/main.cpp');
  expect(sources).not.toContain('src/DepLibWebRTC.cpp');
  expect(sources.filter((file) => !existsSync(join(worker, file)))).toEqual([]);
});

test('a build file without the list is refused', () => {
  expect(() => commonSources("project('x')")).toThrow('No common_sources');
});

test('the patch fits the installed release, changes one line, and is harmless twice', async () => {
  const before = await read(PATCHED_SOURCE);
  const after = patchDtlsTransport(before);
  const changed = after.split('\n').filter((line, index) => line !== before.split('\n')[index]);
  expect(changed).toEqual([expect.stringContaining('(operationType & BIO_CB_RETURN) != 0')]);
  expect(patchDtlsTransport(after)).toBe(after);
});

test('the patch refuses a source that it does not know', () => {
  expect(() => patchDtlsTransport('int main() {}')).toThrow('not what the patch expects');
});

test('the ninja file compiles after the schemas and links everything', () => {
  const text = ninjaFile({ sources: ['src/a.cpp', 'src/b/c.cpp'], schemas: ['x.fbs', 'y.fbs'] });
  expect(text).toContain('build gen/FBS/x.h gen/FBS/y.h: schemas source/fbs/x.fbs source/fbs/y.fbs\n');
  expect(text).toContain('build obj/src/b/c.o: compile source/src/b/c.cpp || gen/FBS/x.h gen/FBS/y.h\n');
  expect(text).toContain('build mediasoup-worker: link obj/src/a.o obj/src/b/c.o\n');
});
