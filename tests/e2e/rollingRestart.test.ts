import { silentLog } from '@parley/kit/log';
import { Front } from '@parley/launcher/front/Front';
import { portOfOurs } from '../support/ports.ts';
import { expect, onTestFinished, test } from 'vitest';
import { follow } from '../support/audio/follow.ts';
import { untilVoice } from '../support/audio/heard.ts';
import { inStepWith, RATE, repeated } from '../support/audio/voices.ts';
import { launchBrowser } from '../support/browser/launchBrowser.ts';
import { RoomPage } from '../support/browser/RoomPage.ts';
import { HubApi } from '../support/HubApi.ts';
import { report } from '../support/report.ts';
import { startStack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

async function open(voice: 'anna' | 'ben', pauseMs: number): Promise<RoomPage> {
  const browser = await launchBrowser({ microphone: await repeated(voice, 120, pauseMs) });
  onTestFinished(() => browser.close());
  return new RoomPage(browser.page);
}

test('all hubs are restarted under a live session: nobody’s sound stops, nobody is lost, no fact is missing', async () => {
  const stack = await startStack({ web: true, hubs: 2 });
  onTestFinished(() => stack.close());
  const port = await portOfOurs();
  const front = await Front.open({ host: '127.0.0.1', port, hubs: stack.hubUrls, log: silentLog });
  onTestFinished(() => front.close());
  const url = `http://127.0.0.1:${port}`;
  // Talking on and on: any interruption falls into words.
  const [anna, ben] = await Promise.all([open('anna', 300), open('ben', 4_000)]);
  const sessionId = await anna.create(url);
  await anna.join('Anna');
  await ben.openById(url, sessionId);
  await ben.join('Ben');
  const ear = await ben.listen({ participantId: await ben.participant('Anna') });
  await untilVoice('anna', ear);
  await ear.forget();
  const began = performance.now();
  for (const hub of stack.hubs) {
    expect(await hub.stop()).toBe(0);
    for (const page of [anna, ben])
      await until('the page to be at another hub', async () => (await page.link()) === 'live');
    await hub.start();
  }
  const tookMs = performance.now() - began;
  await until('20 s of Anna', async () => (await ear.seconds()) > 20);
  const heard = await ear.heard();
  const track = follow(await inStepWith(heard, 'anna', 300), heard, RATE, { lagMs: 0 });
  report('a rolling restart', {
    'took ms': tookMs,
    'voice meanwhile': track.score,
    'largest jump in it ms': track.jitterMs,
  });
  expect(track.score).toBeGreaterThan(0.5);
  for (const page of [anna, ben]) {
    expect(await page.media()).toBe('up');
    expect(await page.participantCount()).toBe(2);
  }
  await ben.sendText('Still here.');
  await anna.said('user', 'Still here.');
  const events = await new HubApi(url).events(sessionId);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ type }) => type === 'participant:left')).toEqual([]);
});
