import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { RATE } from '../audio/voices.ts';
import { int16FromBytes } from '../audio/wav.ts';

const SCRIPTS = join(import.meta.dirname, 'page');

/** Of so many looks at the page's clock the one that took the least time counts. */
const CLOCK_LOOKS = 12;

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
  #forgotten = 0;
  #waited = { delay: 0, count: 0 };

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
    this.#forgotten += (await this.heard()).length;
    this.#heard = new Int16Array();
  }

  /** When the first sample of `heard` came out, in `performance.now()` of this process. Right to about 2 ms. */
  async begunMs(): Promise<number> {
    let best = { roundTripMs: Infinity, offsetMs: 0 };
    for (let i = 0; i < CLOCK_LOOKS; i++) {
      const before = performance.now();
      const pageMs = await this.#page.evaluate<number>('performance.now()');
      const after = performance.now();
      const roundTripMs = after - before;
      if (roundTripMs < best.roundTripMs) best = { roundTripMs, offsetMs: (before + after) / 2 - pageMs };
    }
    const begunAt = await this.#page.evaluate<number>(this.#call('begunAt'));
    return begunAt + best.offsetMs + (this.#forgotten * 1000) / RATE;
  }

  /** How long the browser held back what it played since the last call, ms on average; NaN for nothing. */
  async jitterBufferMs(): Promise<number> {
    const { delay, count } = this.#waited;
    this.#waited = await this.#page.evaluate<{ delay: number; count: number }>(this.#call('jitterBuffer'));
    return ((this.#waited.delay - delay) * 1_000) / (this.#waited.count - count);
  }

  /** Packets of the voice that came to the page so far, and that were lost on the way. */
  packets(): Promise<{ received: number; lost: number }> {
    return this.#page.evaluate(this.#call('packets'));
  }

  /** How much is recorded so far. */
  async seconds(): Promise<number> {
    return (await this.heard()).length / RATE;
  }

  #call(name: string): string {
    return `testRecorder.${name}(${JSON.stringify(this.#selector)})`;
  }
}
