import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Writes the Prisma client. The CLI wants its schema engine for every command and downloads it, although `generate`
 * never runs it: naming any file that exists keeps this step off the network.
 */
const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
const schema = fileURLToPath(new URL('schema.prisma', import.meta.url));
const { status, error } = spawnSync(process.execPath, [cli, 'generate', '--schema', schema], {
  stdio: ['ignore', 'inherit', 'inherit'],
  env: {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    ...process.env,
  },
});
if (error) throw error;
process.exit(status ?? 1);
