import { installProgram } from '../agent/installProgram.ts';
import { CLAUDE } from './program.ts';

/*
 * Brings the coding agent's program beforehand: node install.ts CACHE_DIR. A setup calls it, so that a first job need not
 * wait. Its last line of output is the folder.
 */

const [cacheDir] = process.argv.slice(2);
if (!cacheDir) throw new Error('usage: install.ts CACHE_DIR');
const tell = (text: string) => process.stdout.write(`${text}\n`);
try {
  tell(await installProgram(cacheDir, CLAUDE, tell, new AbortController().signal));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
