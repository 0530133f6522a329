import { DEFAULT_CONVERSATION, EVENT_DATA, newParticipantId } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { expect, test } from 'vitest';
import { seededRandom } from '../audio/testing/random.ts';
import { FakeClock } from '../testing/FakeClock.ts';
import type { FakeLink } from '../testing/FakeLink.ts';
import { FakeProvider } from '../testing/FakeProvider.ts';
import { Assistant, type AssistantFact } from './Assistant.ts';
import { ALREADY_ACTIVE, NOT_ACTIVE } from './ResponseQueue.ts';

const anna = newParticipantId();
const names = new Map([[anna, 'Anna']]);
const usage = {
  inputTextTokens: 1,
  inputAudioTokens: 1,
  cachedTokens: 0,
  outputTextTokens: 1,
  outputAudioTokens: 1,
};

/** Any word of a provider, about any of the few items and responses of this time (`era`). */
function babble(link: FakeLink, era: number, random: () => number): void {
  const pick = <Choice>(...choices: Choice[]) => choices[Math.floor(random() * choices.length)] as Choice;
  const itemId = `i${era + Math.floor(random() * 5)}`;
  const responseId = `r${era + Math.floor(random() * 4)}`;
  const atMs = random() * 5_000;
  pick(
    () => link.say('speechStarted', { itemId, atMs }),
    () => link.say('speechStopped', { itemId, atMs }),
    () => link.say('committed', { itemId }),
    () => link.say('transcriptDelta', { itemId, delta: 'a' }),
    () => link.say('transcriptCompleted', { itemId, text: pick('Hello.', '', ' ') }),
    () => link.say('transcriptFailed', { itemId, message: 'No.' }),
    () => link.say('responseCreated', { responseId }),
    () =>
      link.say('audioDelta', {
        responseId,
        itemId,
        contentIndex: pick(0, 1),
        pcm: new Int16Array(pick(0, 7, 4_800)),
      }),
    () => link.say('replyTranscriptDelta', { responseId, itemId, delta: 'b' }),
    () => link.say('replyTranscriptDone', { responseId, itemId, text: 'Done.' }),
    () => link.say('toolCalled', { responseId, callId: `c${itemId}`, name: 'code', arguments: '{' }),
    () =>
      link.say('responseDone', {
        responseId,
        status: pick('completed', 'cancelled', 'failed', 'incomplete'),
        error: pick(undefined, { code: 'x', message: 'y' }),
        usage: pick(undefined, usage),
      }),
    () =>
      link.say('rejected', {
        code: pick(ALREADY_ACTIVE, NOT_ACTIVE, 'other'),
        message: 'No.',
        causedBy: pick(undefined, 'response', 'cancel'),
      }),
    () => random() < 0.2 && link.lose(),
  )();
}

const isWarmSeam = (type: string, data: object) =>
  type === 'assistant:rolled-over' && 'gapMs' in data && data.gapMs === 0;

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a provider that babbles (seed %i) breaks nothing', async (seed) => {
  const random = seededRandom(seed);
  const clock = new FakeClock();
  const provider = new FakeProvider();
  // Short lives: seams in every moment, and babble of the old link and of the next one.
  provider.expiresInMs = 6_000;
  const assistant = new Assistant({
    settings: { agentName: 'Ada', systemPrompt: '', voice: 'cedar', conversation: DEFAULT_CONVERSATION },
    connect: provider.connect,
    clock,
    log: silentLog,
    simulated: true,
    provider: 'fake',
    model: 'gpt-fake',
    random,
  });
  const facts: AssistantFact[] = [];
  assistant.events.on('fact', (fact) => facts.push(fact));
  assistant.start();
  await assistant.settled();

  for (let step = 0; step < 2_000; step++) {
    const link = provider.links.at(random() < 0.7 ? -1 : -2) ?? provider.link;
    const asked = () => provider.links.reduce((sum, each) => sum + each.named('createResponse').length, 0);
    const before = asked();
    const dice = random();
    if (dice < 0.7) babble(link, Math.floor(step / 20), random);
    else if (dice < 0.8) clock.turn(random() * 4_000);
    else if (dice < 0.9) assistant.pullOutput();
    else if (dice < 0.95) assistant.pushInput(new Int16Array(480), new Map([[anna, -20]]), names);
    else assistant.sendText({ id: `${step}`, participantId: anna, name: 'Anna', text: 'Hm?' });
    // A turn of the clock may end a flight, and begin the next one.
    expect(asked() - before).toBeLessThanOrEqual(2);
    if (provider.link.closed) clock.turn(30_000);
    if (provider.link.closed || step % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assistant.close();
  await new Promise((resolve) => setImmediate(resolve));

  expect(facts.filter(({ type, data }) => isWarmSeam(type, data)).length).toBeGreaterThan(5);

  expect(clock.timers).toBe(0);
  for (const { type, data } of facts) expect(EVENT_DATA[type].safeParse(data).error).toBeUndefined();
  // Each turn and each reply is on record once.
  for (const type of ['turn:completed', 'reply:completed'] as const) {
    const ids = facts
      .filter((fact) => fact.type === type)
      .map(({ data }) => (data as { itemId: string }).itemId);
    expect(ids.length).toBeGreaterThan(50);
    expect(new Set(ids).size).toBe(ids.length);
  }
});
