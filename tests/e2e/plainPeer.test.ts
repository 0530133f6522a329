import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROTOCOL_VERSION, type ParticipantId, type SessionId } from '@parley/contract';
import { clipSamples } from '@parley/simulator/speech/clips';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findIn } from '../support/audio/correlate.ts';
import { second, untilHeard, untilVoice } from '../support/audio/heard.ts';
import { RATE, repeated } from '../support/audio/voices.ts';
import { readWav, writeWav } from '../support/audio/wav.ts';
import { launchBrowser, type TestBrowser } from '../support/browser/launchBrowser.ts';
import { RoomPage } from '../support/browser/RoomPage.ts';
import { HubApi } from '../support/HubApi.ts';
import { PlainPeer } from '../support/peers/PlainPeer.ts';
import { report } from '../support/report.ts';
import { startStack, type Stack } from '../support/stack/startStack.ts';
import { until } from '../support/until.ts';

/** Debian's own Python: python3-aiortc is installed for no other. */
const PYTHON = '/usr/bin/python3';
const run = promisify(execFile);

let stack: Stack;
let hub: HubApi;
let browser: TestBrowser;
let anna: RoomPage;
let sessionId: SessionId;

beforeAll(async () => {
  stack = await startStack({
    web: true,
    scenario: {
      replies: [
        { when: {}, reply: { say: 'I am the simulated voice of this room. Please go on, I am listening.' } },
      ],
    },
  });
  hub = new HubApi(stack.url);
  browser = await launchBrowser({ microphone: await repeated('anna', 60, 6_000) });
  anna = new RoomPage(browser.page);
  // The way the old bridge's callers begin: the session is there, its assistant connected, and then somebody offers.
  const legacy = await hub.legacySession({ conversation_id: 'kitchen', voice: 'marin', agent_name: 'Otto' });
  sessionId = legacy.session_id;
  await anna.openById(stack.url, sessionId);
  await anna.join('Anna');
});
afterAll(async () => {
  await browser?.close();
  await stack?.close();
});

test('the old call answers as before: a session ID, once the assistant is connected', async () => {
  const session = await hub.session(sessionId);
  expect(session).toMatchObject({
    conversationId: 'kitchen',
    voice: 'marin',
    agentName: 'Otto',
    state: 'live',
  });
  const types = (await hub.events(sessionId)).map(({ type }) => type);
  expect(types).toContain('assistant:connected');
  await anna.sees('Otto');
});

describe('a client on werift', () => {
  let peer: PlainPeer;
  let peerId: ParticipantId;
  beforeAll(async () => {
    const begun = performance.now();
    peer = await PlainPeer.join(hub, sessionId, 'Ben');
    peerId = peer.participantId;
    report('werift peer', { 'joined after ms': performance.now() - begun });
    peer.speaker.say(await repeated('ben', 60, 7_500));
  });
  afterAll(() => peer?.close());

  test('is a participant like any other, heard by the browser', async () => {
    expect(await anna.participant('Ben')).toBe(peerId);
    const ear = await anna.listen({ participantId: peerId });
    const { score, absent } = await untilVoice('ben', ear);
    report('werift peer', { 'heard in the browser': score, 'absent voice': absent });
  });

  test('hears the human and the assistant in one track, and never itself', async () => {
    const human = (await untilVoice('anna', peer.listener)).score;
    const clip = clipSamples('bright', 'i-am-simulated').subarray(0, RATE);
    const assistant = (await untilHeard('Ben to hear the assistant', peer.listener, [clip])).score;
    const itself = findIn(await second('ben'), peer.listener.heard()).score;
    report('werift peer', { 'hears Anna': human, 'hears the assistant': assistant, 'hears itself': itself });
    expect(itself).toBeLessThan(0.35);
  });

  test('gets the messages of the data channel: state, levels, words, and answers to its own', async () => {
    const state = await until('room:state', () => peer.last('room:state'));
    expect(state.sources.map(({ participantId }) => participantId)).toContain(await anna.participant('Anna'));
    expect(state.assistant.simulated).toBe(true);
    const annaId = await anna.participant('Anna');
    await until('a level of Anna', () =>
      peer.messages.some((m) => m.type === 'levels' && (m.participants[annaId] ?? -127) > -50),
    );
    await until('words of the assistant', () =>
      peer.messages.some((m) => m.type === 'transcript:delta' && m.role === 'assistant'),
    );
    peer.send({ type: 'ping', nonce: 'one' });
    await until('the pong', () => peer.last('pong')?.nonce === 'one');
    peer.send({ type: 'text:send', id: 'typed-1', text: 'Typed without a browser.' });
    await until('the text to be taken', () => peer.last('text:result')?.accepted);
    await anna.said('user', 'Typed without a browser.');
    const types = new Map<string, number>();
    for (const { type } of peer.messages) types.set(type, (types.get(type) ?? 0) + 1);
    report('werift peer', Object.fromEntries(types));
  });

  test('a hello of another protocol is told so', async () => {
    peer.send({ type: 'hello', protocol: PROTOCOL_VERSION + 1 });
    await until('words about it', () => peer.messages.some((m) => m.type === 'notice' && m.level !== 'info'));
  });

  test('hanging up is leaving', async () => {
    await peer.close();
    await until('Ben to be gone', async () => (await anna.participantCount()) === 1);
    const left = await hub.events(sessionId, { type: 'participant:left' });
    expect(left).toHaveLength(1);
    expect(left[0]?.data).toMatchObject({ participantId: peerId });
  });
});

const hasAiortc = (() => {
  try {
    execFileSync(PYTHON, ['-c', 'import aiortc, numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasAiortc)('a client on aiortc (python3-aiortc of Debian)', () => {
  test('is heard and hears, and gets the data channel', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'parley-test-aiortc-'));
    try {
      const [spoken, heard] = [join(dir, 'spoken.wav'), join(dir, 'heard.wav')];
      const samples = await repeated('david', 40, 5_000);
      await writeFile(spoken, writeWav({ sampleRate: RATE, channels: 1, samples }));
      const script = join(import.meta.dirname, '../support/peers/aiortc_peer.py');
      const peer = run(PYTHON, [script, stack.url, sessionId, spoken, heard, '30']);
      const ear = await anna.listen({ participantId: await anna.participant('aiortc') });
      const inBrowser = (await untilVoice('david', ear, { absent: 'ben' })).score;
      const { stdout } = await peer;
      const result = JSON.parse(stdout) as { state: string; messages: Record<string, number> };
      const recording = readWav(await readFile(heard)).samples;
      const seconds = await Promise.all([1, 3, 5].map((from) => second('anna', from)));
      const human = Math.max(...seconds.map((piece) => findIn(piece, recording).score));
      report('aiortc peer', { 'heard in the browser': inBrowser, 'hears Anna': human, ...result.messages });
      expect(result.state).toBe('connected');
      expect(human).toBeGreaterThan(0.6);
      expect(result.messages['room:state']).toBeGreaterThan(0);
      expect(result.messages['levels']).toBeGreaterThan(20);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
