import { beforeEach, expect, test } from 'vitest';
import { anna, AssistantStage, ben, type StageOptions } from '../testing/AssistantStage.ts';
import { PAUSED_LINK_MS } from './CostGuard.ts';
import type { CostView } from './CostMeter.ts';

/** What an answer of the provider in memory costs: 3 text and 10 audio tokens in, 5 and 8 out. */
const ANSWER_USD = (3 * 4 + 10 * 32 + 5 * 24 + 8 * 64) / 1e6;

let stage: AssistantStage;
let views: CostView[];

async function open(options: StageOptions = {}): Promise<void> {
  stage = new AssistantStage(options);
  views = [];
  stage.assistant.events.on('cost', (view) => views.push(view));
  await stage.connected();
}

beforeEach(() => open());

test('M111 a text is caused by its author, a turn by its speakers', async () => {
  stage.exchange('Hello?');
  stage.speak(400, ben);
  stage.beSilent(600);
  stage.link.deliverAll();
  const [text, turn] = stage.data('usage:recorded');
  expect(text).toMatchObject({ causedBy: [{ participantId: anna, share: 1 }] });
  expect(text?.costUsd).toBeCloseTo(ANSWER_USD, 9);
  expect(turn).toMatchObject({ causedBy: [{ participantId: ben, name: 'Ben', share: 1 }] });
  expect(views).toHaveLength(2);
  expect(stage.assistant.cost.participants.map(({ name }) => name)).toEqual(['Anna', 'Ben']);
  expect(stage.assistant.cost.spentUsd).toBeCloseTo(2 * ANSWER_USD, 9);
});

test('M112 at the limit: what is said is heard out, then nothing more is answered, and people go on', async () => {
  await open({ costLimitUsd: ANSWER_USD });
  stage.type('Hello?');
  stage.type('And you?', ben);
  stage.link.deliverAll();
  expect(stage.data('cost:limited')).toMatchObject([{ state: 'paused', limitUsd: ANSWER_USD }]);
  expect(stage.assistant.state.phase).toBe('speaking');
  expect(stage.hear()).toBe(20);
  expect(stage.assistant.state).toMatchObject({
    phase: 'paused',
    message: 'The cost limit of $0.001 is reached.',
  });
  stage.speak(400);
  stage.beSilent(600);
  stage.type('Anybody?');
  stage.link.deliverAll();
  expect(stage.data('turn:completed')).toMatchObject([{ text: 'Some words.', answer: 'paused' }]);
  expect(stage.data('text:sent')).toHaveLength(3);
  expect(stage.link.named('createResponse')).toHaveLength(1);
  expect(stage.notices).toEqual([]);
});

test('M112 a pause that lasts costs no link; a higher limit brings a new one that knows everything', async () => {
  await open({ costLimitUsd: ANSWER_USD });
  const before = stage.link;
  stage.exchange('Hello?');
  await stage.turn(PAUSED_LINK_MS);
  expect(before.closed?.code).toBe('closed');
  expect(stage.assistant.state.phase).toBe('paused');
  expect(stage.data('assistant:disconnected')).toEqual([]);
  await stage.turn(3_600_000);
  expect(stage.provider.links).toHaveLength(1);

  stage.assistant.setCostLimit(1);
  await stage.turn(0);
  expect(stage.provider.links).toHaveLength(2);
  expect(stage.told(stage.link)).toHaveLength(2);
  expect(stage.assistant.state).toMatchObject({ phase: 'listening', message: null });
  stage.exchange('Again?');
  expect(stage.data('reply:completed')).toHaveLength(2);
  expect(stage.data('cost:limited').map(({ state }) => state)).toEqual(['paused', 'resumed']);
});

test('M112 raised while the link is still there: it goes on with it', async () => {
  await open({ costLimitUsd: ANSWER_USD });
  stage.exchange('Hello?');
  stage.assistant.setCostLimit(null);
  await stage.turn(PAUSED_LINK_MS);
  expect(stage.provider.links).toHaveLength(1);
  expect(stage.link.closed).toBeUndefined();
  expect(stage.assistant.state.phase).toBe('listening');
});

test('M112 warned before', async () => {
  await open({ costLimitUsd: ANSWER_USD * 1.1 });
  stage.exchange('Hello?');
  expect(stage.notices).toEqual(['warning: This session has cost $0.001 of $0.0011.']);
  expect(stage.assistant.state.phase).toBe('listening');
});

test('M112 a session beyond its limit from before: paused, and soon without a link', async () => {
  await open({ costLimitUsd: 1, spentUsd: 1 });
  expect(stage.assistant.state.phase).toBe('paused');
  await stage.turn(PAUSED_LINK_MS);
  expect(stage.link.closed?.code).toBe('closed');
  stage.assistant.close();
  expect(stage.clock.timers).toBe(0);
});

test('a limit that nobody can keep is said to be one', async () => {
  await open({ model: 'gpt-of-tomorrow', costLimitUsd: 1 });
  expect(stage.notices).toEqual([
    'warning: The price of the model gpt-of-tomorrow is not known: the cost limit has no effect.',
  ]);
});
