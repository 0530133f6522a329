import type { SessionId } from '@parley/contract';
import type { ScenarioInput } from '@parley/simulator/scenarios/schema';
import { afterEach, expect, test } from 'vitest';
import { repeated } from '../support/audio/voices.ts';
import { HubApi } from '../support/HubApi.ts';
import { PlainPeer } from '../support/peers/PlainPeer.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

type Fault = NonNullable<ScenarioInput['faults']>[number];
const at = (event: string, what: Fault['do'], count = 1): ScenarioInput => ({
  faults: [{ at: { event, count }, do: what }],
});

let stack: Stack | undefined;
let peer: PlainPeer | undefined;
afterEach(async () => {
  await peer?.close();
  await stack?.close();
  [stack, peer] = [undefined, undefined];
});

const scenarios: [name: string, scenario: ScenarioInput][] = [
  ['half an event in the middle of a reply', at('response.output_audio.delta', { what: 'malformed' }, 2)],
  ['an event that is no object', at('response.created', { what: 'malformed', text: '[1,2,3]' })],
  [
    'an event of an unknown type',
    at('response.created', { what: 'malformed', text: '{"type":"weather.changed"}' }),
  ],
  ['half a megabyte of nonsense', at('response.created', { what: 'malformed', text: 'x'.repeat(500_000) })],
  ['a transcript twice', at('conversation.item.input_audio_transcription.completed', { what: 'duplicate' })],
  ['the end of a response twice', at('response.done', { what: 'duplicate' })],
  ['a beginning that never comes', at('response.created', { what: 'omit' })],
  [
    'a transcript that never comes',
    at('conversation.item.input_audio_transcription.completed', { what: 'omit' }),
  ],
  [
    'an error in the middle',
    at('response.output_audio.delta', { what: 'error', message: 'The server had a hiccup.' }, 2),
  ],
  ['a session that expires', at('response.done', { what: 'expire' })],
  ['a close without a word', at('response.done', { what: 'close', code: 1011 })],
  ['a late confirmation of the session', at('session.updated', { what: 'delay', ms: 1_500 })],
];

test.each(scenarios)('%s: words if need be, and the next text is answered', async (name, scenario) => {
  stack = await startStack({ scenario });
  const hub = new HubApi(stack.url);
  const { session } = await hub.createSession();
  peer = await PlainPeer.join(hub, session.id, 'Anna');
  peer.speaker.say(await repeated('anna', 60, 30_000));
  await until('a turn', () => count(hub, session.id, 'turn:completed'), { withinMs: 40_000, everyMs: 250 });
  const before = await count(hub, session.id, 'reply:completed');
  const begun = performance.now();
  // Every few seconds once more: while the link is being made anew a text may be refused, in words.
  let typed = 0;
  await until(
    'an answer to the text',
    async () => {
      if (performance.now() - begun > typed * 4_000)
        peer?.send({ type: 'text:send', id: `typed-${(typed += 1)}`, text: 'Are you still with us?' });
      return (
        (await completedReplies(hub, session.id)) > 0 &&
        (await count(hub, session.id, 'reply:completed')) > before
      );
    },
    { withinMs: 45_000, everyMs: 250 },
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
    connections: (await stack.provider.connections()).length,
    told: errors.join('; ') || 'nothing',
  });
});

async function count(hub: HubApi, id: SessionId, type: string): Promise<number> {
  return (await hub.events(id, { type })).length;
}

async function completedReplies(hub: HubApi, id: SessionId): Promise<number> {
  const replies = await hub.events(id, { type: 'reply:completed' });
  return replies.filter((event) => event.type === 'reply:completed' && event.data.status === 'completed')
    .length;
}
