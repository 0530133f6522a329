import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const LEAST_CHARACTERS = 32;

/** The secret that signs tokens: made once and kept, readable to its owner alone, so that links outlive a restart (L7). */
export async function keptSecret(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const made = randomBytes(48).toString('base64url');
  try {
    await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const kept = (await readFile(file, 'utf8')).trim();
  if (kept.length < LEAST_CHARACTERS)
    throw new Error(`${file} holds no secret of ${LEAST_CHARACTERS} characters. Remove it to get a new one.`);
  return kept;
}
