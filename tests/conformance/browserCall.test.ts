import { join } from 'node:path';
import { startSimulator } from '@parley/simulator/startSimulator';
import { expect, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../support/browser/launchBrowser.ts';
import { speech } from '../support/audio/voices.ts';

const PAGE = join(import.meta.dirname, '../support/browser/page/callProvider.js');

/** What the page tells of its call. */
interface Outcome {
  location: string | null;
  events: string[];
  /** The loudest that came out of the remote track, 0…1. */
  peak: number;
  packetsLost: number;
  packetsReceived: number;
}

test('a plain browser calls the simulator with an ephemeral key, is heard, and hears the answer', async () => {
  const simulator = await startSimulator({
    inspect: true,
    scenario: { turns: [{ transcript: 'Hello?', reply: { say: 'twenty-one' } }] },
  });
  onTestFinished(() => simulator.close());
  const words = new Int16Array(24_000 * 6);
  words.set((await speech('anna')).subarray(0, 24_000 * 2));
  const browser = await launchBrowser({ microphone: words });
  onTestFinished(() => browser.close());
  const secret = (await (
    await fetch(`${simulator.url}/v1/realtime/client_secrets`, {
      method: 'POST',
      headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
      body: JSON.stringify({ session: { type: 'realtime', model: 'gpt-realtime-2.1' } }),
    })
  ).json()) as { value: string };
  // A page of another origin; microphones need a secure one, which localhost is.
  await browser.page.goto(`${simulator.url.replace('127.0.0.1', 'localhost')}/healthz`);
  await browser.page.addScriptTag({ path: PAGE });
  const call = `callProvider(${JSON.stringify(simulator.url)}, ${JSON.stringify(secret.value)})`;
  const outcome = await browser.page.evaluate<Outcome>(call);
  expect(outcome.location).toMatch(/^\/v1\/realtime\/calls\/rtc_\w+$/);
  expect(outcome.events[0]).toBe('session.created');
  expect(outcome.events).toContain('input_audio_buffer.speech_started');
  expect(outcome.events).toContain('response.output_audio_transcript.done');
  expect(outcome.events).not.toContain('response.output_audio.delta');
  expect(outcome.peak).toBeGreaterThan(0.05);
  expect(outcome.packetsReceived).toBeGreaterThan(0);
  expect(outcome.packetsLost).toBeLessThanOrEqual(outcome.packetsReceived / 5);
  expect(browser.errors.filter((error) => error.startsWith('uncaught'))).toEqual([]);
});
