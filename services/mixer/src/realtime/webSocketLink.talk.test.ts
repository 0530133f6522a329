import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { next, say, SocketProvider, type Json } from '../testing/SocketProvider.ts';

let provider: SocketProvider;
beforeEach(async () => {
  provider = await SocketProvider.open();
});
afterEach(() => provider.close());

describe('speaking', () => {
  test('audio goes out in messages of 100 ms, or at once when it is urgent, every sample once', async () => {
    const { link, far, heard } = await provider.pair();
    const sent = Int16Array.from({ length: 24_000 }, (_, i) => (i * 7) % 30_000);
    for (let at = 0, size = 1; at < sent.length; at += size, size = (size * 3) % 2_000)
      link.appendAudio(sent.subarray(at, at + size));
    const more = Int16Array.from({ length: 1_440 }, (_, i) => i);
    link.appendAudio(more.subarray(0, 960));
    link.appendAudio(more.subarray(960), true);
    link.createResponse();
    while (heard.at(-1)?.['type'] !== 'response.create') await once(far, 'message');
    const audio = heard.slice(0, -1).map((event) => Buffer.from(String(event['audio']), 'base64'));
    expect(audio.map(({ length }) => length)).toEqual([
      4_800, 4_800, 4_800, 4_800, 4_800, 4_800, 4_800, 4_800, 4_800, 4_800, 2_880,
    ]);
    const bytes = Buffer.concat(audio);
    expect(bytes.equals(Buffer.concat([Buffer.from(sent.buffer), Buffer.from(more.buffer)]))).toBe(true);
  });

  test('every call in the words of the protocol, each with an ID that names it', async () => {
    const { link, far, heard } = await provider.pair();
    link.createItem({ id: 'i1', role: 'system', text: 'Anna speaks.' });
    link.createItem({ id: 'i2', role: 'assistant', text: 'Hello.' });
    link.sendToolOutput('c1', '{}');
    link.cancelResponse('r1');
    link.truncate('i9', 0, 120);
    while (heard.length < 5) await once(far, 'message');
    const item = (id: string, role: string, type: string, text: string) => ({
      type: 'conversation.item.create',
      item: { id, type: 'message', role, content: [{ type, text }] },
    });
    expect(heard).toEqual([
      { event_id: 'item_2', ...item('i1', 'system', 'input_text', 'Anna speaks.') },
      { event_id: 'item_3', ...item('i2', 'assistant', 'output_text', 'Hello.') },
      {
        event_id: 'tool_4',
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id: 'c1', output: '{}' },
      },
      { event_id: 'cancel_5', type: 'response.cancel', response_id: 'r1' },
      {
        event_id: 'truncate_6',
        type: 'conversation.item.truncate',
        item_id: 'i9',
        content_index: 0,
        audio_end_ms: 120,
      },
    ]);
  });

  test('turns by hand, items in their place, other settings: each after the audio that came before it', async () => {
    const { link, far, heard } = await provider.pair();
    const frame = new Int16Array(480).fill(1);
    link.appendAudio(frame);
    link.commitAudio();
    link.clearAudio();
    link.createItem({ id: 'i1', role: 'system', text: 'Speaking: Anna.', after: 'turn_1' });
    link.appendAudio(frame);
    link.configure({ turnDetection: { type: 'semantic', eagerness: 'low' } });
    link.configure({ turnDetection: { type: 'none' } });
    while (heard.length < 7) await once(far, 'message');
    const update = (turn_detection: Json | null) => ({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { turn_detection } } },
    });
    const silent = { create_response: false, interrupt_response: false };
    expect(heard).toMatchObject([
      { type: 'input_audio_buffer.append' },
      { event_id: 'commit_2', type: 'input_audio_buffer.commit' },
      { event_id: 'clear_3', type: 'input_audio_buffer.clear' },
      { type: 'conversation.item.create', previous_item_id: 'turn_1', item: { id: 'i1' } },
      { type: 'input_audio_buffer.append' },
      update({ type: 'semantic_vad', eagerness: 'low', ...silent }),
      update(null),
    ]);
    expect(heard.slice(5).map(({ session }) => session)).toEqual([
      update({ type: 'semantic_vad', eagerness: 'low', ...silent }).session,
      update(null).session,
    ]);
  });
});

describe('listening', () => {
  test('an error tells which call it was', async () => {
    const { link, far } = await provider.pair();
    say(far, { type: 'error', error: { code: 'x', message: 'Key sk-abc is odd.', event_id: 'truncate_7' } });
    expect(await next(link, 'rejected')).toEqual({
      code: 'x',
      message: 'Key [key] is odd.',
      causedBy: 'truncate',
    });
    say(far, { type: 'error', error: { type: 'server_error', message: null, event_id: 'theirs' } });
    expect(await next(link, 'rejected')).toEqual({
      code: 'server_error',
      message: 'No reason given',
      causedBy: undefined,
    });
  });

  test('garbage, strangers and repeats are passed over', async () => {
    const { link, far } = await provider.pair();
    const told: string[] = [];
    link.events.on('committed', ({ itemId }) => told.push(itemId));
    far.send('{"type":"response.output_');
    far.send(Buffer.from([1, 2, 3]));
    far.send('');
    say(far, { type: 'galaxy.collapsed', event_id: 'a' });
    say(far, { type: 'input_audio_buffer.committed', event_id: 'b' });
    for (const event_id of ['c', 'c', 'd', 'c'])
      say(far, { type: 'input_audio_buffer.committed', event_id, item_id: `of ${event_id}` });
    say(far, { type: 'response.created', response: { id: 'r' } });
    await next(link, 'responseCreated');
    expect(told).toEqual(['of c', 'of d']);
    expect(link.closed).toBeUndefined();
  });

  test('a listener that fails does not end the process, nor the link', async () => {
    const { link, far } = await provider.pair();
    link.events.once('committed', () => {
      throw new Error('a bug of ours');
    });
    say(far, { type: 'input_audio_buffer.committed', item_id: 'i' });
    say(far, { type: 'response.created', response: { id: 'r' } });
    expect(await next(link, 'responseCreated')).toEqual({ responseId: 'r' });
  });

  test('a message that is far too long ends the link', async () => {
    const { link, far } = await provider.pair();
    far.send(`"${'x'.repeat(5_000_000)}"`);
    expect((await next(link, 'closed')).code).toBe('lost');
  });
});
