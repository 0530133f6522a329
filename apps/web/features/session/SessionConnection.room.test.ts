import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { inRoom, settled } from './testing/connect.ts';
import { BEN } from './testing/samples.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('messages of the room', () => {
  test.each(['', '{', '[]', '{"type":"unknown"}', '{"type":"levels","participants":{"x":"y"}}'])(
    'that make no sense (%s) are ignored',
    async (text) => {
      const { media, now } = await inRoom();
      const before = now();
      media[0]?.handlers.onMessage(text);
      expect(now()).toBe(before);
    },
  );

  test('levels do not redraw the room', async () => {
    const { connection, tell, now } = await inRoom();
    const before = now();
    tell({ type: 'levels', participants: { [BEN]: -20 }, assistant: -30 });
    expect([now() === before, connection.levels.get(BEN), connection.levels.get('assistant')]).toEqual([
      true,
      -20,
      -30,
    ]);
  });
});

describe('typed text', () => {
  test('goes over the channel and waits for the answer', async () => {
    const { connection, media, tell, now } = await inRoom();
    connection.texts.send('  Hello  ');
    const sent = JSON.parse(media[0]?.sent.at(-1) ?? '{}') as { id: string };
    expect(sent).toMatchObject({ type: 'text:send', text: 'Hello' });
    tell({ type: 'text:result', id: sent.id, accepted: true, message: null });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(now().room?.texts).toMatchObject([{ at: 'accepted' }]);
  });

  test('without an answer fails, and goes again under the same ID', async () => {
    const { connection, media, now } = await inRoom();
    connection.texts.send('Hello');
    await vi.advanceTimersByTimeAsync(10_000);
    const [failed] = now().room?.texts ?? [];
    expect(failed).toMatchObject({ at: 'failed' });
    connection.texts.retry(failed?.id ?? '');
    expect(now().room?.texts).toMatchObject([{ id: failed?.id, at: 'sending' }]);
    expect(media[0]?.sent.at(-1)).toBe(media[0]?.sent.at(-2));
  });

  test('without a channel, or too long, fails at once', async () => {
    const { connection, media, now } = await inRoom();
    if (media[0]) media[0].open = false;
    connection.texts.send('Hello');
    connection.texts.send('\u{1F99C}'.repeat(4_500));
    connection.texts.send('   ');
    expect(now().room?.texts.map((typed) => typed.at)).toEqual(['failed', 'failed']);
  });
});

describe('mute', () => {
  test('is obeyed at once and told', async () => {
    const { connection, hub, media, now } = await inRoom();
    connection.setMuted(true);
    expect([now().muted, media[0]?.muted, hub.asked.at(-1)]).toEqual([
      true,
      true,
      { name: 'participant:mute', body: { muted: true } },
    ]);
  });

  test('while the hub is away is told when it is back', async () => {
    const { connection, hub } = await inRoom();
    hub.handlers.onDisconnect(null);
    connection.setMuted(true);
    expect(hub.count('participant:mute')).toBe(0);
    connection.retryNow();
    hub.handlers.onConnect();
    await settled();
    expect(
      hub.asked.some(({ name, body }) => name === 'participant:mute' && (body as { muted: boolean }).muted),
    ).toBe(true);
  });
});

test('a microphone that comes or goes is published and withdrawn', async () => {
  const { media, microphone } = await inRoom();
  const track = {} as MediaStreamTrack;
  microphone.state.set({ at: 'on', track, deviceId: 'd', label: 'Mic', silenced: false });
  expect(media[0]?.microphone).toBe(track);
  microphone.state.set({ at: 'failed', why: 'lost' });
  expect(media[0]?.microphone).toBeNull();
});

test('whoever only listens publishes nothing', async () => {
  const { media, microphone } = await inRoom({ listenOnly: true });
  microphone.state.set({
    at: 'on',
    track: {} as MediaStreamTrack,
    deviceId: 'd',
    label: 'Mic',
    silenced: false,
  });
  expect(media[0]?.microphone).toBeNull();
});
