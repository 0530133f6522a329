import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { MAX_UPWARD_BYTES, PROTOCOL_VERSION, type SessionId } from '@parley/contract';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { untilVoice } from '../support/audio/heard.ts';
import { repeated } from '../support/audio/voices.ts';
import { HubApi } from '../support/HubApi.ts';
import { PlainPeer } from '../support/peers/PlainPeer.ts';
import { report } from '../support/report.ts';
import { SignalingClient } from '../support/SignalingClient.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

let stack: Stack;
let hub: HubApi;
let sessionId: SessionId;
let anna: PlainPeer;
let ben: PlainPeer;
/** Where somebody vanished at the beginning, and who is still there. */
let abandoned: SessionId;
let stayed: PlainPeer;

beforeAll(async () => {
  stack = await startStack();
  hub = new HubApi(stack.url);
  // It takes half a minute until that is noticed: the other tests run meanwhile, the last one looks.
  abandoned = (await hub.createSession()).session.id;
  stayed = await PlainPeer.join(hub, abandoned, 'Anna');
  await (await PlainPeer.join(hub, abandoned, 'Ben')).vanish();
});
afterAll(async () => {
  await stayed?.close();
  await stack?.close();
});
beforeEach(async () => {
  ({ id: sessionId } = (await hub.createSession()).session);
  anna = await PlainPeer.join(hub, sessionId, 'Anna');
  ben = await PlainPeer.join(hub, sessionId, 'Ben');
});
afterEach(() => Promise.all([anna?.close(), ben?.close()]));

/** The room still carries a voice from Anna to Ben, and nobody lost a process. */
async function expectHeard(from = anna, to = ben): Promise<number> {
  to.listener.restart();
  from.speaker.say(await repeated('anna', 30, 500));
  const { score } = await untilVoice('anna', to.listener);
  from.speaker.hush();
  expect([...stack.hubs, ...stack.mixers].every((service) => service.running)).toBe(true);
  return score;
}

test('junk on the data channel is ignored or answered, typed text still gets through once', async () => {
  const junk = [
    'not JSON',
    '{',
    'null',
    '[]',
    '{"type":"levels","participants":{},"assistant":-3}',
    '{"type":"text:send","id":"","text":"no id"}',
    '{"type":"text:send","id":"1"}',
    JSON.stringify({ type: 'text:send', id: 'long', text: 'x'.repeat(4_001) }),
    JSON.stringify({ type: 'ping', nonce: 'x'.repeat(65) }),
    JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION + 1 }),
    'x'.repeat(MAX_UPWARD_BYTES + 1),
  ];
  for (const message of junk) ben.send(message);
  ben.channel.send(randomBytes(500));
  for (let i = 0; i < 3; i++) ben.send({ type: 'text:send', id: 'same', text: 'Only once, please.' });
  await until('the text to be taken', () => ben.messages.some((m) => m.type === 'text:result' && m.accepted));
  ben.send({ type: 'ping', nonce: 'still here' });
  await until('the pong', () => ben.last('pong')?.nonce === 'still here');
  const sent = await until('the fact', async () => {
    const events = (await hub.events(sessionId)).filter(({ type }) => type === 'text:sent');
    return events.length > 0 && events;
  });
  expect(sent).toHaveLength(1);
  report('data channel edge', { junk: junk.length + 1, heard: await expectHeard() });
});

test('junk on the RTP ports harms nobody', async () => {
  const { token } = await hub.addParticipant(sessionId, 'Signaling');
  const client = await SignalingClient.connect(stack.url, token);
  await client.join();
  const { iceCandidates } = await client.ask('transport:create', { direction: 'send' });
  const ports = new Set(iceCandidates.map(({ port }) => Number(port)));
  expect(ports.size).toBeGreaterThan(0);
  const socket = createSocket('udp4');
  let sent = 0;
  for (const port of ports) {
    for (let i = 0; i < 2_000; i++) {
      const packet = randomBytes(1 + (i % 1_400));
      // Like RTP, RTCP, STUN and DTLS by its first byte (RFC 7983), or like nothing.
      packet[0] = [0x80, 0x81, 0x00, 0x16, 0xff][i % 5] ?? 0;
      await new Promise<void>((resolve) => socket.send(packet, port, '127.0.0.1', () => resolve()));
      sent += 1;
    }
    await new Promise<void>((resolve) => {
      const tcp = connect(port, '127.0.0.1', () => tcp.end(randomBytes(10_000)));
      tcp.on('error', () => resolve());
      tcp.on('close', () => resolve());
      tcp.resume();
    });
  }
  socket.close();
  report('RTP ports', { ports: ports.size, packets: sent, heard: await expectHeard() });
  client.close();
});

test('corrupt and wild RTP from a connected peer is skipped, the next words are heard', async () => {
  const track = ben.speaker;
  for (const payload of [Buffer.alloc(0), Buffer.of(0xff), randomBytes(3), randomBytes(1_200)])
    for (let i = 0; i < 50; i++) track.sendRaw(payload, i * 7_919, i * 104_729);
  report('wild RTP', { heard: await expectHeard() });
  ben.speaker.say(await repeated('ben', 30, 500));
  await untilVoice('ben', anna.listener);
});

test('a peer that vanishes without a word is gone after a while, and the others talk on', async () => {
  await until('Ben to be out of the session', async () =>
    (await hub.session(abandoned)).participants.every(({ name }) => name !== 'Ben'),
  );
  const again = await PlainPeer.join(hub, abandoned, 'Ben');
  report('vanished peer', { 'heard after coming back': await expectHeard(stayed, again) });
  await again.close();
});
