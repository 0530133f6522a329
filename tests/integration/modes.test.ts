import { DEFAULT_CONVERSATION, type SessionId } from '@parley/contract';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findIn } from '../support/audio/correlate.ts';
import { RELATED } from '../support/audio/follow.ts';
import { RATE, repeated, speech } from '../support/audio/voices.ts';
import { HubApi } from '../support/HubApi.ts';
import { PlainPeer } from '../support/peers/PlainPeer.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

let stack: Stack;
let hub: HubApi;
let peers: PlainPeer[] = [];

beforeAll(async () => {
  stack = await startStack();
  hub = new HubApi(stack.url);
});
afterAll(() => stack?.close());
afterEach(async () => {
  await Promise.all(peers.map((peer) => peer.close()));
  peers = [];
});

async function join(id: SessionId, name: string): Promise<PlainPeer> {
  const peer = await PlainPeer.join(hub, id, name);
  peers.push(peer);
  return peer;
}
const configure = (id: SessionId, token: string, conversation: object) =>
  hub.raw(`/api/sessions/${id}`, { method: 'PATCH', json: { conversation }, token });
const turnsOf = async (id: SessionId) =>
  (await hub.events(id, { type: 'turn:completed' })).flatMap((event) =>
    event.type === 'turn:completed' ? [event.data] : [],
  );

test('M53 M54 M55 push-to-talk through the whole product: who does not hold does not leave the room', async () => {
  const { session } = await hub.createSession({ conversation: { answer: 'push-to-talk' } });
  const [anna, ben] = [await join(session.id, 'Anna'), await join(session.id, 'Ben')];
  const { id } = await stack.provider.latest();
  ben.speaker.say(await repeated('ben', 60, 0));
  anna.speaker.say(await repeated('anna', 60, 0));
  await until('both to be heard in the room', () => {
    const levels = anna.last('levels')?.participants ?? {};
    return anna.participantId in levels && ben.participantId in levels;
  });
  expect((await stack.provider.latest()).inputMs).toBe(0);

  anna.send({ type: 'floor:hold' });
  await until('the hold', () => ben.last('floor')?.holders.includes(anna.participantId));
  // From the beginning of her words, so that it is known which of them must be there.
  anna.speaker.say(await speech('anna'));
  await until('three seconds of it', async () => (await stack.provider.latest()).inputMs > 3_000);
  anna.send({ type: 'floor:release' });
  await until('the release', () => ben.last('floor')?.holders.length === 0);
  for (const { speaker } of peers) speaker.hush();
  const [turn] = await until('the turn', async () => {
    const turns = await turnsOf(session.id);
    return turns.length > 0 && turns;
  });
  expect(turn).toMatchObject({ answer: 'asked', speakers: [{ name: 'Anna', share: 1 }] });
  const asked = async () =>
    (await stack.provider.received(id)).filter(({ event }) => event['type'] === 'response.create').length;
  await until('the answer to be asked for', async () => (await asked()) > 0);
  const { samples } = await stack.provider.input(id);
  const annas = (await speech('anna')).subarray(0.5 * RATE, 1.5 * RATE);
  const bens = (await speech('ben')).subarray(0.5 * RATE, 1.5 * RATE);
  const found = {
    'what Anna said': findIn(annas, samples).score,
    'what Ben said meanwhile': findIn(bens, samples).score,
    'ms sent': (samples.length * 1000) / RATE,
  };
  report('push-to-talk', found);
  expect(found['what Anna said']).toBeGreaterThan(RELATED);
  expect(found['what Ben said meanwhile']).toBeLessThan(RELATED);
  expect(await asked()).toBe(1);
});

test('H16 M52 changed by PATCH while people talk: the provider’s session follows, and so do the answers', async () => {
  const { session, ownerToken } = await hub.createSession();
  const anna = await join(session.id, 'Anna');
  await join(session.id, 'Ben');
  const { id } = await stack.provider.latest();
  const semantic = { type: 'semantic', eagerness: 'high' };
  const response = await configure(session.id, ownerToken, { answer: 'scribe', turnDetection: semantic });
  expect(await response.json()).toMatchObject({
    conversation: { ...DEFAULT_CONVERSATION, answer: 'scribe', turnDetection: semantic },
  });
  const detection = await until('the provider to know', async () => {
    const updates = (await stack.provider.sent(id)).filter(
      ({ event }) => event['type'] === 'session.updated',
    );
    return updates.length > 1 && updates.at(-1);
  });
  expect(detection.event).toMatchObject({
    session: { audio: { input: { turn_detection: { type: 'semantic_vad', create_response: false } } } },
  });
  const words = new Int16Array(60 * RATE);
  words.set((await speech('anna')).subarray(0, 2 * RATE));
  anna.speaker.say(words);
  await until('a turn', async () => (await turnsOf(session.id)).length > 0);
  anna.send({ type: 'text:send', id: 't', text: 'Are you there?' });
  await until('the text', async () => (await hub.events(session.id, { type: 'text:sent' })).length > 0);
  expect((await turnsOf(session.id)).every(({ answer }) => answer === 'scribe')).toBe(true);
  const received = (await stack.provider.received(id)).map(({ event }) => event['type']);
  expect(received).not.toContain('response.create');
  const types = (await hub.events(session.id)).map(({ type }) => type);
  expect(types).toContain('session:configured');
  expect(types).not.toContain('reply:completed');
});
