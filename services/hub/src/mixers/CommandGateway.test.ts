import {
  ControlEnvelope,
  DEFAULT_CONVERSATION,
  keys,
  newHubId,
  newMixerId,
  newParticipantId,
  newSessionId,
} from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Channels } from '../session/ports.ts';
import { CommandGateway } from './CommandGateway.ts';

const hub = newHubId();
const mixer = newMixerId();
const body = { sessionId: newSessionId(), participantId: newParticipantId(), muted: true };
const measures = {
  command: vi.fn(),
  mixerCommand: vi.fn(),
  eventsWritten: vi.fn(),
  eventsDead: vi.fn(),
  writerFailed: vi.fn(),
  sockets: vi.fn(),
};

async function setUp({ isSettled = () => true }: { isSettled?: () => boolean } = {}) {
  const sent: ControlEnvelope[] = [];
  let receivers = 1;
  let hear: (message: string) => void = () => undefined;
  const channels: Channels = {
    subscribe: (channel, handler) => {
      expect(channel).toBe(keys.hubAnswers(hub));
      hear = handler;
      return Promise.resolve();
    },
    publish: (channel, message) => {
      expect(channel).toBe(keys.mixerCommands(mixer));
      sent.push(ControlEnvelope.parse(JSON.parse(message)));
      return Promise.resolve(receivers);
    },
    onResumed: () => undefined,
  };
  const gateway = await CommandGateway.open({ hub, channels, measures, log: silentLog, isSettled });
  return {
    gateway,
    sent,
    answer: (answer: object) => hear(JSON.stringify(answer)),
    hearText: (text: string) => hear(text),
    listeners: (count: number) => (receivers = count),
  };
}

beforeEach(() => vi.useFakeTimers({ now: 1_000 }));
afterEach(() => vi.useRealTimers());

test('H15 a command carries who asks and its deadline, and gets its own answer', async () => {
  const { gateway, sent, answer } = await setUp();
  const first = gateway.command(mixer, 'participant:mute', body);
  const second = gateway.command(mixer, 'room:open', {
    sessionId: body.sessionId,
    settings: {
      title: 'T',
      voice: 'ash',
      agentName: 'A',
      systemPrompt: '',
      conversationId: null,
      conversation: DEFAULT_CONVERSATION,
    },
    awaitAssistant: false,
  });
  expect(sent[0]).toMatchObject({ from: hub, deadline: 6_000, name: 'participant:mute', body });
  answer({ id: sent[1]?.id, ok: true, data: { routerRtpCapabilities: { codecs: [] } } });
  answer({ id: sent[0]?.id, ok: true, data: {} });
  expect(await first).toEqual({});
  expect(await second).toEqual({ routerRtpCapabilities: { codecs: [] } });
  expect(gateway.pending).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('H15 a lost answer is asked for again under the same ID; what comes twice is taken once', async () => {
  const { gateway, sent, answer } = await setUp();
  const muting = gateway.command(mixer, 'participant:mute', body);
  await vi.advanceTimersByTimeAsync(4_100);
  expect(sent.map(({ id }) => id)).toEqual([sent[0]?.id, sent[0]?.id, sent[0]?.id]);
  answer({ id: sent[0]?.id, ok: true, data: {} });
  answer({ id: sent[0]?.id, ok: true, data: {} });
  expect(await muting).toEqual({});
});

test('H15 without an answer in time it has failed; a late one harms nobody', async () => {
  const { gateway, sent, answer } = await setUp();
  const muting = gateway.command(mixer, 'participant:mute', body, { deadlineMs: 3_000 });
  const failed = expect(muting).rejects.toMatchObject({ code: 'mixer-timeout', message: /within 3 s/ });
  await vi.advanceTimersByTimeAsync(3_000);
  await failed;
  answer({ id: sent[0]?.id, ok: true, data: {} });
  expect(gateway.pending).toBe(0);
  expect(measures.mixerCommand).toHaveBeenLastCalledWith(
    'participant:mute',
    'mixer-timeout',
    expect.any(Number),
  );
});

test('H15 when nobody listens it has failed at once, at a repeat too', async () => {
  const { gateway, listeners } = await setUp();
  const muting = gateway.command(mixer, 'participant:mute', body);
  const failed = expect(muting).rejects.toMatchObject({ code: 'no-mixer' });
  listeners(0);
  await vi.advanceTimersByTimeAsync(2_000);
  await failed;
  await expect(gateway.command(mixer, 'participant:mute', body)).rejects.toMatchObject({ code: 'no-mixer' });
  expect(vi.getTimerCount()).toBe(0);
});

test("the mixer's error comes through in its words", async () => {
  const { gateway, sent, answer } = await setUp();
  const muting = gateway.command(mixer, 'participant:mute', body);
  answer({ id: sent[0]?.id, ok: false, error: { code: 'participant-not-found', message: 'Who?' } });
  await expect(muting).rejects.toMatchObject({ code: 'participant-not-found', message: 'Who?' });
});

test('an answer that is not what was agreed is a fault, and what is no answer harms nobody', async () => {
  const { gateway, sent, answer, hearText } = await setUp();
  const joining = gateway.command(mixer, 'participant:join', {
    sessionId: body.sessionId,
    participantId: body.participantId,
    name: 'Anna',
    role: 'speaker',
  });
  hearText('{broken');
  answer({ id: 'x', ok: true });
  answer({ id: sent[0]?.id, ok: true, data: { routerRtpCapabilities: 7 } });
  await expect(joining).rejects.toThrow(/answered participant:join with something else/);
});

test('H8 while Redis is only just back, a mixer that does not listen yet is waited for', async () => {
  let settled = false;
  const { gateway, sent, answer, listeners } = await setUp({ isSettled: () => settled });
  listeners(0);
  const command = gateway.command(mixer, 'participant:mute', body);
  await vi.advanceTimersByTimeAsync(500);
  expect(sent).toHaveLength(3);
  listeners(1);
  await vi.advanceTimersByTimeAsync(200);
  answer({ id: sent[0]?.id, ok: true, data: {} });
  await expect(command).resolves.toEqual({});
  listeners(0);
  const other = gateway.command(mixer, 'participant:mute', body);
  const refused = expect(other).rejects.toMatchObject({ code: 'no-mixer' });
  await vi.advanceTimersByTimeAsync(300);
  settled = true;
  await vi.advanceTimersByTimeAsync(200);
  await refused;
  expect([gateway.pending, vi.getTimerCount()]).toEqual([0, 0]);
});
