import type { SessionId } from '@parley/contract';
import type { ScenarioInput } from '@parley/simulator/scenarios/schema';
import { Scope } from '@parley/kit/scope';
import { startSimulator } from '@parley/simulator/startSimulator';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { RATE, speech } from '../support/audio/voices.ts';
import { HubApi } from '../support/HubApi.ts';
import { portOfOurs } from '../support/ports.ts';
import { ProviderView } from '../support/ProviderView.ts';
import { PlainPeer } from '../support/peers/PlainPeer.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

type Fault = NonNullable<ScenarioInput['faults']>[number];
/** Replies are short: each is heard to its end before the next one. */
const at = (event: string, what: Fault['do'], count = 1): ScenarioInput => ({
  replies: [{ when: {}, reply: { say: 'twenty-one' } }],
  faults: [{ at: { event, count }, do: what }],
});

/** Comes once per spoken turn: a fault at it happens once, also when texts are typed on the next connection. */
const TRANSCRIPT = 'conversation.item.input_audio_transcription.completed';

const scenarios: [name: string, scenario: ScenarioInput][] = [
  ['half an event in the middle of a reply', at('response.output_audio.delta', { what: 'malformed' }, 2)],
  ['an event that is no object', at('response.created', { what: 'malformed', text: '[1,2,3]' })],
  [
    'an event of an unknown type',
    at('response.created', { what: 'malformed', text: '{"type":"weather.changed"}' }),
  ],
  ['half a megabyte of nonsense', at('response.created', { what: 'malformed', text: 'x'.repeat(500_000) })],
  ['a transcript twice', at(TRANSCRIPT, { what: 'duplicate' })],
  ['the end of a response twice', at('response.done', { what: 'duplicate' })],
  ['a beginning that never comes', at('response.created', { what: 'omit' })],
  ['a transcript that never comes', at(TRANSCRIPT, { what: 'omit' })],
  [
    'an error in the middle',
    at('response.output_audio.delta', { what: 'error', message: 'The server had a hiccup.' }, 2),
  ],
  ['a session that expires', at(TRANSCRIPT, { what: 'expire' })],
  ['a close without a word', at(TRANSCRIPT, { what: 'close', code: 1011 })],
  ['a late confirmation of the session', at('session.updated', { what: 'delay', ms: 1_500 })],
];

let stack: Stack;
let hub: HubApi;
/** Where the mixer looks for the provider: each test puts one of its own there. */
let port: number;
beforeAll(async () => {
  port = await portOfOurs();
  stack = await startStack({ mixerEnv: { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` } });
  hub = new HubApi(stack.url);
});
afterAll(() => stack?.close());

test.each(scenarios)('%s: words if need be, and the next text is answered', async (name, scenario) => {
  const scope = new Scope();
  onTestFinished(() => scope.close());
  const simulator = scope.own(await startSimulator({ port, inspect: true, scenario }));
  const provider = new ProviderView(simulator.url);
  const { session, ownerToken } = await hub.createSession();
  scope.add(async () => void (await hub.endSession(session.id, ownerToken)));
  const peer = scope.own(await PlainPeer.join(hub, session.id, 'Anna'));
  // One short turn, then silence: what follows is about the text alone.
  const words = new Int16Array(240 * RATE);
  words.set((await speech('anna')).subarray(0, 1.5 * RATE));
  peer.speaker.say(words);
  await until('a turn', async () => (await count(hub, session.id, 'turn:completed')) > 0, {
    everyMs: 250,
  });
  // The text waits for the reply to the turn; now and then once more, because without a link it is refused in words.
  const begun = performance.now();
  let typed = 0;
  await until(
    'a reply that comes after the text',
    async () => {
      if (performance.now() - begun > typed * 15_000)
        peer.send({ type: 'text:send', id: `typed-${(typed += 1)}`, text: 'Are you still with us?' });
      const events = await hub.events(session.id);
      const text = events.findIndex(({ type }) => type === 'text:sent');
      const later = text < 0 ? [] : events.slice(text);
      if (
        later.some(
          ({ type, data }) => type === 'reply:completed' && 'status' in data && data.status === 'completed',
        )
      )
        return true;
      throw new Error(
        events.map(({ type, data }) => `${type} ${'status' in data ? data.status : ''}`).join(', '),
      );
    },
    { everyMs: 250 },
  );
  const events = await hub.events(session.id);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const turns = events.flatMap((event) => (event.type === 'turn:completed' ? [event.data.itemId] : []));
  expect(new Set(turns).size).toBe(turns.length);
  const replies = events.flatMap((event) => (event.type === 'reply:completed' ? [event.data.itemId] : []));
  expect(new Set(replies).size).toBe(replies.length);
  expect([...stack.hubs, ...stack.mixers].every((service) => service.running)).toBe(true);
  const errors = events.flatMap((event) => (event.type === 'error:raised' ? [event.data.message] : []));
  report(name, {
    'answered after ms': performance.now() - begun,
    texts: typed,
    connections: (await provider.connections()).length,
    told: errors.join('; ') || 'nothing',
  });
});

async function count(hub: HubApi, id: SessionId, type: string): Promise<number> {
  return (await hub.events(id, { type })).length;
}
