import { existsSync } from 'node:fs';
import { findProgram } from '../servers/binaries.ts';
import { SetupError, type Setup } from './Setup.ts';
import { ensurePackages, installCommand, isDebian } from './systemPackages.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The browser that the end-to-end tests drive: PARLEY_CHROMIUM, else one that is installed, else Debian's. */
export async function findChromium(setup: Setup): Promise<string> {
  const { env } = setup;
  const given = env['PARLEY_CHROMIUM'];
  if (given && !existsSync(given))
    throw new SetupError(`PARLEY_CHROMIUM names ${given}, which is not there.`);
  const find = () => findProgram(NAMES, env['PATH'] ?? '') ?? MAC.find((path) => existsSync(path));
  const found = given ?? find();
  if (found) return found;
  const packages = ['chromium'];
  if (await ensurePackages(setup, { purpose: 'for the tests in a real browser', packages })) {
    const installed = find();
    if (installed) return installed;
  }
  throw new SetupError(
    `The end-to-end tests need Chromium or Chrome. ${isDebian() ? `Install it:\n\n    ${installCommand(packages)}\n` : 'Install one, or name it by PARLEY_CHROMIUM.'}
Without: npm test -- --project unit --project parts`,
  );
}
