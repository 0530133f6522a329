import { startSimulator } from '@parley/simulator/startSimulator';
import type { ScenarioInput } from '@parley/simulator/scenarios/schema';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { untilVoice } from '../support/audio/heard.ts';
import { RATE, repeated } from '../support/audio/voices.ts';
import { launchBrowser, type BrowserOptions, type TestBrowser } from '../support/browser/launchBrowser.ts';
import { RoomPage } from '../support/browser/RoomPage.ts';
import { HubApi } from '../support/HubApi.ts';
import { portOfOurs } from '../support/ports.ts';
import { ProviderView } from '../support/ProviderView.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

let stack: Stack;
let hub: HubApi;
/** Where the mixer looks for the provider: a test may put its own there. */
let providerPort: number;
const devices: Partial<Record<'anna' | 'ben', TestBrowser>> = {};

beforeAll(async () => {
  providerPort = await portOfOurs();
  stack = await startStack({
    web: true,
    hubEnv: { MAX_PARTICIPANTS: '2' },
    mixerEnv: { OPENAI_BASE_URL: `http://127.0.0.1:${providerPort}/v1` },
  });
  hub = new HubApi(stack.url);
  devices.anna = await launchBrowser({ microphone: await repeated('anna', 120, 3_000) });
  devices.ben = await launchBrowser({ microphone: new Int16Array(RATE) });
});
afterAll(async () => {
  await Promise.all(Object.values(devices).map((device) => device.close()));
  await stack?.close();
});

/** A new window on a device with a microphone, into which Anna speaks, and Ben does not. */
async function window(of: 'anna' | 'ben'): Promise<RoomPage> {
  const page = await devices[of]?.anew();
  if (!page) throw new Error('No browser');
  return new RoomPage(page);
}

/** A device of its own kind. */
async function open(options: BrowserOptions): Promise<RoomPage> {
  const browser = await launchBrowser(options);
  onTestFinished(() => browser.close());
  return new RoomPage(browser.page);
}

/** A provider that does this, for one test. */
async function provider(scenario: ScenarioInput = {}): Promise<ProviderView> {
  const simulator = await startSimulator({ port: providerPort, inspect: true, scenario });
  onTestFinished(() => simulator.close());
  return new ProviderView(simulator.url);
}

describe('with a room of two seats', () => {
  beforeEach(async () => void (await provider()));

  test('a microphone that is refused: words, and a way in without it', async () => {
    const anna = await open({ microphone: await repeated('anna', 10, 0), allow: false });
    const sessionId = await anna.create(stack.url);
    await anna.fillName('Anna');
    await anna.press('join-button');
    await anna.seesElement('microphone-failure', { 'data-why': 'denied' });
    await anna.sees('The microphone is blocked for this page');
    await anna.press('join-without');
    await anna.isInside();
    await anna.sendText('I can still type.');
    await anna.said('user', 'I can still type.');
    expect((await hub.session(sessionId)).participants).toHaveLength(1);
  });

  test('no microphone at all: words, and a way in without it', async () => {
    const anna = await open({});
    await anna.create(stack.url);
    await anna.fillName('Anna');
    await anna.press('join-button');
    await anna.seesElement('microphone-failure', { 'data-why': 'missing' });
    await anna.press('join-without');
    await anna.isInside();
  });

  test('a full session says so to the third, and lets in whoever comes when a seat is free', async () => {
    const { session } = await hub.createSession();
    const seats = await Promise.all(['Ben', 'Chloe'].map((name) => hub.addParticipant(session.id, name)));
    expect(seats).toHaveLength(2);
    const anna = await window('anna');
    await anna.openById(stack.url, session.id);
    await anna.fillName('Anna');
    await anna.press('join-button');
    await anna.sees('This session is full');
  });

  test('an ID that nobody has, and one that is none', async () => {
    const anna = await window('anna');
    await anna.page.goto(`${stack.url}/s/zzzz-zzzz`);
    await anna.sees('There is no session with this ID');
    await anna.page.goto(stack.url);
    await anna.page.getByTestId('join-id').fill('hello');
    await anna.press('join-by-id');
    await anna.sees('That is not a session ID');
  });

  test('a session that has ended shows those who were there what was said, and says so while they are in it', async () => {
    const anna = await window('anna');
    const sessionId = await anna.create(stack.url);
    await anna.join('Anna');
    await anna.sendText('Remember this sentence.');
    await anna.said('user', 'Remember this sentence.');
    const ben = await window('ben');
    await ben.openById(stack.url, sessionId);
    await ben.join('Ben');
    await anna.end();
    await ben.sees('Remember this sentence.');
    await ben.sees(/ended/i);
    await ben.page.reload();
    await ben.sees('Remember this sentence.');
    const late = await window('ben');
    await late.page.goto(`${stack.url}/s/${sessionId}`);
    await late.seesElement('timeline-closed');
  });
});

describe('a provider', () => {
  async function roomWith(scenario: ScenarioInput) {
    const view = await provider(scenario);
    const [anna, ben] = [await window('anna'), await window('ben')];
    const sessionId = await anna.create(stack.url);
    onTestFinished(async () => void (await hub.endSession(sessionId)));
    await anna.join('Anna');
    await ben.openById(stack.url, sessionId);
    await ben.join('Ben');
    const humansHear = async () => {
      const ear = await ben.listen({ participantId: await ben.participant('Anna') });
      return (await untilVoice('anna', ear)).score;
    };
    return { view, anna, ben, sessionId, humansHear };
  }

  test('that refuses the key is told to everybody, and the humans talk on', async () => {
    const { anna, ben, sessionId, humansHear } = await roomWith({
      refuse: { status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided.' },
    });
    for (const page of [anna, ben]) {
      await until(
        'the assistant to be unavailable',
        async () => (await page.assistantPhase()) === 'unavailable',
      );
      await page.seesElement('banner-assistant');
    }
    const score = await humansHear();
    const facts = await hub.events(sessionId, { type: 'assistant:disconnected,error:raised' });
    expect(facts.length).toBeGreaterThan(0);
    expect(JSON.stringify(facts)).not.toContain('test-key');
    const refused = await hub.raw('/api/realtime/session', { method: 'POST', json: {} });
    expect(refused.status).toBe(502);
    report('a refusing provider', { 'humans hear each other': score, facts: facts.length });
  });

  test('that has too much to do is asked again, and answers at last', async () => {
    const { anna, humansHear } = await roomWith({ refuse: { status: 429, times: 2 } });
    report('a busy provider', { 'humans hear each other': await humansHear() });
    await until('the assistant to be there', async () => {
      const phase = await anna.assistantPhase();
      return phase !== 'unavailable' && phase !== 'connecting';
    });
    // Nobody speaks over the answer.
    await anna.toggleMute();
    await anna.sendText('Are you there now?');
    await anna.said('assistant', /./);
  });

  test('that drops the line in the middle of a reply is connected anew', async () => {
    const { view, anna, sessionId, humansHear } = await roomWith({
      faults: [{ at: { event: 'response.output_audio.delta', count: 3 }, do: { what: 'drop' } }],
    });
    // Nobody speaks over the answer.
    await anna.toggleMute();
    await anna.sendText('Say something long, please.');
    await until(
      'the line to be dropped',
      async () => (await hub.events(sessionId, { type: 'assistant:disconnected' })).length > 0,
    );
    await until('a second connection', async () => (await view.connections()).length > 1);
    await until('the assistant to be there', async () => (await anna.assistantPhase()) !== 'unavailable');
    await anna.toggleMute();
    report('a dropped line', { 'humans hear each other': await humansHear() });
  });
});
