import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Scope } from '@parley/kit/scope';
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { microphone } from '../audio/voices.ts';
import { onFailure } from '../witnesses.ts';
import { prepareEars } from './Ear.ts';

/** The flags that a headless Chromium needs as root, without network and without sound hardware. */
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
];
/** For anything to be seen, on a busy machine. */
const PATIENCE_MS = 60_000;
const PROGRAM = process.env['PARLEY_CHROMIUM'] ?? '/usr/bin/chromium';

let opened = 0;

export interface BrowserOptions {
  /** What the microphone hears, again and again (24 kHz mono). Absent: the machine has none. */
  microphone?: Int16Array;
  /** False: the person refuses the microphone. */
  allow?: boolean;
  context?: BrowserContextOptions;
}

export interface TestBrowser {
  context: BrowserContext;
  page: Page;
  /** What went wrong in the page so far: uncaught errors and `console.error`. */
  errors: readonly string[];
  /** Another person at the same device: a window without any memory of the ones before. */
  anew(): Promise<Page>;
  close(): Promise<void>;
}

/** A Chromium process of its own, because the microphone's file is a flag of the process. */
export async function launchBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const scope = new Scope();
  try {
    const args = [...FLAGS];
    if (options.microphone) {
      const dir = await mkdtemp(join(tmpdir(), 'parley-test-microphone-'));
      scope.add(() => rm(dir, { recursive: true, force: true }));
      const file = join(dir, 'microphone.wav');
      await writeFile(file, microphone(options.microphone));
      args.push('--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${file}`);
    }
    args.push(options.allow === false ? '--deny-permission-prompts' : '--use-fake-ui-for-media-stream');
    const browser = await chromium.launch({ executablePath: PROGRAM, args });
    scope.add(() => browser.close());
    const errors: string[] = [];
    const open = async () => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        reducedMotion: 'reduce', // painted without a graphics card, motion costs a page as much as everything else it does
        ...options.context,
      });
      context.setDefaultTimeout(PATIENCE_MS);
      await prepareEars(context);
      const page = await context.newPage();
      watch(page, errors);
      return { context, page };
    };
    let present = await open();
    const number = (opened += 1);
    scope.add(
      onFailure(async (dir) => {
        await present.page.screenshot({ path: join(dir, `browser-${number}.png`) });
        await writeFile(join(dir, `browser-${number}.txt`), [present.page.url(), ...errors].join('\n'));
      }),
    );
    const anew = async () => {
      await present.context.close();
      present = await open();
      return present.page;
    };
    return { ...present, errors, anew, close: () => scope.close() };
  } catch (error) {
    await scope.close();
    throw error;
  }
}

function watch(page: Page, errors: string[]): void {
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`);
  });
}
