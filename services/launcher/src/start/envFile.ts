import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

export interface Environment {
  env: NodeJS.ProcessEnv;
  /** Keys in `.env` that nobody reads, by `.env.example`: most likely misspelt. */
  unknown: string[];
}

/** The keys that `.env.example` explains: `KEY=value` or, for those without a default, `# KEY=`. */
export function exampleKeys(example: string): string[] {
  return [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].flatMap(([, key]) => key ?? []);
}

/** The given environment with what `.env` adds. Empty values count as absent. */
export async function readEnvironment(
  root: string,
  given: Readonly<NodeJS.ProcessEnv>,
): Promise<Environment> {
  const file = parseEnv(await readFile(join(root, '.env'), 'utf8').catch(() => ''));
  const known = new Set(exampleKeys(await readFile(join(root, '.env.example'), 'utf8').catch(() => '')));
  const env: NodeJS.ProcessEnv = { ...file };
  for (const [key, value] of Object.entries(given)) if (value !== '') env[key] = value;
  for (const [key, value] of Object.entries(env)) if (value === '') delete env[key];
  return { env, unknown: Object.keys(file).filter((key) => !known.has(key)) };
}
