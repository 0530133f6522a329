import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { witnesses } from './witnesses.ts';

const RESULTS = join(import.meta.dirname, '../../test-results');

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail' || witnesses.size === 0) return;
  const dir = join(RESULTS, task.name.replaceAll(/\W+/g, '-').slice(0, 60));
  await mkdir(dir, { recursive: true });
  await Promise.allSettled([...witnesses].map((witness) => witness(dir)));
  process.stdout.write(`What was to be seen is in ${dir}\n`);
});
