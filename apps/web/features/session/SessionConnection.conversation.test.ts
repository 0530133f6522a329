import { AppError, DEFAULT_CONVERSATION } from '@parley/contract';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inRoom } from './testing/connect.ts';
import { ADA, BEN, event, joined } from './testing/samples.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const sentTypes = (sent: string[] = []) => sent.map((text) => (JSON.parse(text) as { type: string }).type);

test('the talk button goes over the channel, and the room says who holds it', async () => {
  const { connection, media, tell, now } = await inRoom();
  connection.asks.talk.press('space');
  tell({ type: 'floor', holders: [BEN, ADA] });
  expect([now().room?.floor, connection.asks.talk.state.get()]).toEqual([[BEN, ADA], 'talking']);
  connection.asks.talk.release('space');
  expect(sentTypes(media[0]?.sent)).toEqual(['hello', 'floor:hold', 'floor:release']);
});

test('a button that is held is held again when the channel comes back', async () => {
  const { connection, media } = await inRoom();
  connection.asks.talk.press('space');
  media[0]?.handlers.onReady();
  expect(sentTypes(media[0]?.sent)).toEqual(['hello', 'floor:hold', 'hello', 'floor:hold']);
});

test('other settings are asked for, and shown when the history tells them', async () => {
  const conversation = { ...DEFAULT_CONVERSATION, answer: 'scribe' as const };
  const { connection, hub, now } = await inRoom({}, { 'session:configure': () => conversation });
  await connection.asks.configure({ answer: 'scribe' });
  expect(now().room?.session.conversation.answer).toBe('always');
  hub.handlers.onEvent(joined(1, ADA, 'Ada'));
  hub.handlers.onEvent(event(2, 'session:configured', { participantId: ADA, conversation }));
  expect(now().room?.session.conversation).toEqual(conversation);
});

test('what the hub refuses is thrown at the page', async () => {
  const refuse = () => {
    throw new AppError('forbidden', 'Only the owner may do this.');
  };
  const { connection } = await inRoom({}, { 'session:configure': refuse, 'devices:group': refuse });
  await expect(connection.asks.configure({ answer: 'scribe' })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(connection.asks.group([ADA, BEN])).rejects.toMatchObject({ code: 'forbidden' });
});
