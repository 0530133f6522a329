import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeRun, codeStand } from './codeStand.ts';

describe('T30 the coding agent', () => {
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
    expect(result.costUsd).toBeGreaterThan(0);
  });
});
