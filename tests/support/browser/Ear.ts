import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { RATE } from '../audio/voices.ts';
import { int16FromBytes } from '../audio/wav.ts';

const SCRIPTS = join(import.meta.dirname, 'page');

/** Whom to listen to: the assistant, or a participant by ID. */
export type Heard = 'assistant' | { participantId: string };

/** Makes every page of the context able to be listened to. Before any page is opened. */
export async function prepareEars(context: BrowserContext): Promise<void> {
  const [recorder, worklet] = await Promise.all(
    ['recorder.js', 'recorderWorklet.js'].map((name) => readFile(join(SCRIPTS, name), 'utf8')),
  );
  await context.addInitScript({
    content: `globalThis.testRecorderWorklet = ${JSON.stringify(worklet)};\n${recorder}`,
  });
}

/**
 * Records in a page what really comes out of one remote <audio> element (24 kHz mono). What the element plays is what
 * is measured: no flag and no statistic stands between.
 */
export class Ear {
  readonly #page: Page;
  readonly #selector: string;
  #heard: Int16Array = new Int16Array();

  private constructor(page: Page, selector: string) {
    this.#page = page;
    this.#selector = selector;
  }

  /** Waits for the element and its stream, then records. */
  static async listen(page: Page, to: Heard): Promise<Ear> {
    const selector =
      to === 'assistant' ? 'audio[data-assistant]' : `audio[data-participant-id="${to.participantId}"]`;
    const ear = new Ear(page, selector);
    await page.waitForFunction(ear.#call('hasStream'));
    await page.evaluate(ear.#call('listen'));
    return ear;
  }

  /** Everything since `listen` or the last `forget`. The page hands over only what is new. */
  async heard(): Promise<Int16Array> {
    const base64 = await this.#page.evaluate<string>(this.#call('take'));
    const more = int16FromBytes(Buffer.from(base64, 'base64'));
    const heard = new Int16Array(this.#heard.length + more.length);
    heard.set(this.#heard);
    heard.set(more, this.#heard.length);
    this.#heard = heard;
    return heard;
  }

  async forget(): Promise<void> {
    await this.#page.evaluate(this.#call('take'));
    this.#heard = new Int16Array();
  }

  /** How much is recorded so far. */
  async seconds(): Promise<number> {
    return (await this.heard()).length / RATE;
  }

  #call(name: string): string {
    return `testRecorder.${name}(${JSON.stringify(this.#selector)})`;
  }
}
