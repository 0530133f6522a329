import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach } from 'vitest';

/** Writes what it knows into a folder. */
type Witness = (dir: string) => Promise<void>;

const RESULTS = join(import.meta.dirname, '../../test-results');
const witnesses = new Set<Witness>();

/** While it lives, a browser or a stack is asked what it saw whenever a test fails. Returns how to dismiss it. */
export function onFailure(witness: Witness): () => void {
  witnesses.add(witness);
  return () => void witnesses.delete(witness);
}

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail' || witnesses.size === 0) return;
  const dir = join(RESULTS, task.name.replaceAll(/\W+/g, '-').slice(0, 60));
  await mkdir(dir, { recursive: true });
  await Promise.allSettled([...witnesses].map((witness) => witness(dir)));
  process.stdout.write(`What was to be seen is in ${dir}\n`);
});
