import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { runCommand } from '../processes/runCommand.ts';
import { hashFiles } from './hashFiles.ts';
import type { Setup } from './Setup.ts';
import { makeOnce } from './stamp.ts';

/** Writes the database client from the schema, to where the schema says. */
export async function ensurePrismaClient(setup: Setup): Promise<void> {
  const { root, env, signal } = setup;
  const schema = join(root, 'prisma/schema.prisma');
  const output = /^\s*output\s*=\s*"([^"]+)"/m.exec(await readFile(schema, 'utf8'))?.[1];
  if (!output) throw new Error(`${schema} does not say where its client goes`);
  await makeOnce(setup, {
    stamp: join(resolve(dirname(schema), output), '.made-from'),
    key: await hashFiles(root, [
      'prisma/schema.prisma',
      'prisma/generate.ts',
      'node_modules/prisma/package.json',
    ]),
    step: 'Writing the database client',
    make: () => runCommand(process.execPath, [join(root, 'prisma/generate.ts')], { cwd: root, env, signal }),
  });
}
