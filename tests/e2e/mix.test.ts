import { FRAME_MS } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findIn } from '../support/audio/correlate.ts';
import { follow, RELATED } from '../support/audio/follow.ts';
import { paceOf } from '../support/audio/pace.ts';
import { inStepWith, RATE, repeated, speech } from '../support/audio/voices.ts';
import { launchBrowser, type TestBrowser } from '../support/browser/launchBrowser.ts';
import { RoomPage } from '../support/browser/RoomPage.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

const SECONDS = 60;
/** Shorter than the pause that ends a turn: two people who talk on and on, at the same time. */
const PAUSE_MS = 300;

let stack: Stack;
const browsers: TestBrowser[] = [];
beforeAll(async () => {
  stack = await startStack({ web: true });
  const microphones = [await repeated('anna', 120, PAUSE_MS), await repeated('ben', 120, PAUSE_MS)];
  browsers.push(...(await Promise.all(microphones.map((microphone) => launchBrowser({ microphone })))));
});
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await stack?.close();
});

/** Frames of 20 ms that the mixer has left out because it was too late for them. */
async function framesGivenUp(): Promise<number> {
  const [url = ''] = stack.mixerMetricsUrls;
  const figure = /^parley_mixer_ticks_skipped\S* (\d+)$/m.exec(await (await fetch(url)).text());
  if (!figure) throw new Error('The mixer does not tell what it gave up');
  return Number(figure[1]);
}

test('one minute of two people talking at once reaches the provider as one stream, whole and in time', async () => {
  const [anna, ben] = browsers.map(({ page }) => new RoomPage(page));
  if (!anna || !ben) throw new Error('Two browsers were wanted');
  const sessionId = await anna.create(stack.url);
  await anna.join('Anna');
  await ben.openById(stack.url, sessionId);
  await ben.join('Ben');
  await anna.participant('Ben');
  const before = await framesGivenUp();
  const { id, inputMs } = await until('the provider to hear something', async () => {
    const connection = await stack.provider.latest();
    return connection.inputMs > 1_000 && connection;
  });
  await until(
    `${SECONDS} s of both`,
    async () => (await stack.provider.latest()).inputMs > inputMs + (SECONDS + 3) * 1_000,
    { withinMs: (SECONDS + 30) * 1_000, everyMs: 500 },
  );

  const [{ samples, sampleRate }, appends] = await Promise.all([
    stack.provider.input(id),
    stack.provider.appends(id),
  ]);
  expect(sampleRate).toBe(RATE);
  const last = samples.subarray(-(SECONDS + 1) * RATE);
  const tracks = await Promise.all(
    (['anna', 'ben'] as const).map(async (voice) =>
      follow(await inStepWith(last, voice, PAUSE_MS), last, RATE, { pieceMs: 2_000, lagMs: 0 }),
    ),
  );
  const absent = Math.max(
    ...(await Promise.all(
      (['chloe', 'david'] as const).map(
        async (voice) => findIn((await speech(voice)).subarray(RATE, 3 * RATE), last).score,
      ),
    )),
  );
  const seconds = tracks.map(
    ({ pieces }) =>
      new Set(
        pieces
          .filter(({ score }) => score > RELATED)
          .map(({ fromMs, lagMs }) => Math.round((fromMs + lagMs) / 1_000)),
      ),
  );
  const [a, b] = [seconds[0] ?? new Set(), seconds[1] ?? new Set()];
  const both = [...a].filter((second) => b.has(second)).length;
  const arrivals = appends.filter(({ start }) => start > samples.length - last.length);
  const pace = paceOf(arrivals, RATE);
  const drift = tracks.map(({ driftMsPerMinute }) => Math.abs(driftMsPerMinute));
  const shift = tracks.map(({ shiftMs }) => Math.abs(shiftMs));
  const jitter = tracks.map(({ jitterMs }) => jitterMs);
  const givenUpMs = ((await framesGivenUp()) - before) * FRAME_MS;
  report('the mix at the provider', {
    anna: tracks[0]?.score ?? 0,
    ben: tracks[1]?.score ?? 0,
    'absent voices at most': absent,
    'seconds with Anna': a.size,
    'with Ben': b.size,
    'with both at once': both,
    'samples per second': pace.samplesPerSecond,
    'given up by the mixer ms': givenUpMs,
    'longest pause ms': pace.longestPauseMs,
    'wobble ms': pace.wobbleMs,
    'drift ms per minute': drift.map((ms) => ms.toFixed(2)).join(' and '),
    'shift ms': shift.map((ms) => ms.toFixed(2)).join(' and '),
    'largest jump ms': jitter.map((ms) => ms.toFixed(2)).join(' and '),
  });
  // Half of a mix is like its source by 0.5; where a machine stands still for a moment, less is. Chance gives 0.1.
  for (const { score } of tracks) expect(score).toBeGreaterThan(0.25);
  expect(absent).toBeLessThan(RELATED);
  expect(both).toBeGreaterThan(SECONDS / 4);
  // The clocks are the same. How evenly it arrives (the pause and the wobble above), and how far a jitter buffer moved or
  // what was left out where the machine stood still (the jumps), is the machine's affair: no part of the minute is missing.
  for (const ms of drift) expect(ms).toBeLessThan(60);
  // No more is missing than the mixer says it gave up because it stood still.
  expect(Math.abs(pace.samplesPerSecond / RATE - 1)).toBeLessThan(0.01 + givenUpMs / (SECONDS * 1_000));
  for (const ms of shift) expect(ms).toBeLessThan(SECONDS * 50);
});
