import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionProbe } from '../testing/SessionProbe.ts';
import { base64, quiet, voice } from '../testing/sound.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A session that gave one spoken answer; with the answer's item ID and its length. */
function answered(waitMs = 20_000) {
  const probe = new SessionProbe();
  probe.type('Hello');
  probe.send({ type: 'response.create' });
  vi.advanceTimersByTime(waitMs);
  const id = String(probe.last('response.output_audio.delta')['item_id']);
  const bytes = probe
    .all('response.output_audio.delta')
    .reduce((sum, event) => sum + Buffer.from(String(event['delta']), 'base64').length, 0);
  return { probe, id, ms: bytes / 48 };
}

const truncate = (item_id: string, audio_end_ms: number, content_index = 0) => ({
  type: 'conversation.item.truncate',
  item_id,
  content_index,
  audio_end_ms,
});

function retrieve(probe: SessionProbe, item_id: string) {
  probe.send({ type: 'conversation.item.retrieve', item_id });
  return probe.last('conversation.item.retrieved')['item'] as {
    content: { audio?: string; transcript?: string }[];
  };
}

describe('items', () => {
  it('S20 stand where previous_item_id says', () => {
    const probe = new SessionProbe();
    probe.type('b', 'b');
    probe.type('d', 'd');
    const item = (id: string) => ({
      id,
      type: 'message',
      role: 'system',
      content: [{ type: 'input_text', text: id }],
    });
    probe.send({ type: 'conversation.item.create', previous_item_id: 'root', item: item('a') });
    probe.send({ type: 'conversation.item.create', previous_item_id: 'b', item: item('c') });
    expect(probe.all('conversation.item.added').map((event) => event['previous_item_id'])).toEqual([
      null,
      'b',
      null,
      'b',
    ]);
    probe.send({ type: 'conversation.item.create', previous_item_id: 'nowhere', item: item('e') });
    expect(probe.error()).toMatchObject({ code: 'invalid_value', param: 'previous_item_id' });
  });

  it('S21 an ID that is taken is refused, and free again once deleted', () => {
    const probe = new SessionProbe();
    probe.type('one', 'same');
    probe.type('two', 'same');
    expect(probe.error()).toMatchObject({ code: 'item_create_duplicate_id', param: 'item.id' });
    probe.send({ type: 'conversation.item.delete', item_id: 'same' });
    probe.type('three', 'same');
    expect(probe.types().slice(4)).toEqual([
      'conversation.item.deleted',
      'conversation.item.added',
      'conversation.item.done',
    ]);
  });

  it.each(['has space', 'x'.repeat(33), ''])('S21 the ID %j is refused', (id) => {
    const probe = new SessionProbe();
    probe.type('one', id);
    expect(probe.error()).toMatchObject({ code: 'invalid_value', param: 'item.id' });
  });

  it.each([
    [
      'assistant audio',
      { type: 'message', role: 'assistant', content: [{ type: 'output_audio', audio: '' }] },
    ],
    ['system audio', { type: 'message', role: 'system', content: [{ type: 'input_audio', audio: 'AAA=' }] }],
    ['empty audio', { type: 'message', role: 'user', content: [{ type: 'input_audio', audio: '' }] }],
    [
      'a picture by link',
      { type: 'message', role: 'user', content: [{ type: 'input_image', image_url: 'https://x' }] },
    ],
    ['a role that is none', { type: 'message', role: 'robot', content: [] }],
    ['an output without a call', { type: 'function_call_output', call_id: 'call_x', output: '{}' }],
  ])('S21 %s cannot be created', (_name, item) => {
    const probe = new SessionProbe();
    probe.send({ type: 'conversation.item.create', item });
    expect(probe.types()).toEqual(['session.created', 'error']);
  });

  it('S21 a call and its output, an assistant text and a picture can be replayed', () => {
    const probe = new SessionProbe();
    for (const item of [
      { type: 'function_call', call_id: 'call_1', name: 'code', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'done' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello.' }] },
      {
        type: 'message',
        role: 'user',
        content: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }],
      },
      { type: 'mcp_approval_response', id: 'ok', approval_request_id: 'x', approve: true },
    ])
      probe.send({ type: 'conversation.item.create', item });
    expect(probe.all('error')).toEqual([]);
    expect(probe.all('conversation.item.done')).toHaveLength(5);
  });

  it.each(['delete', 'retrieve'])('%s of an unknown item is an error', (what) => {
    const probe = new SessionProbe();
    probe.send({ type: `conversation.item.${what}`, item_id: 'nowhere' });
    expect(probe.error()).toMatchObject({ code: `item_${what}_invalid_item_id`, param: 'item_id' });
  });

  it('S22 events are without audio, retrieve gives it', () => {
    const probe = new SessionProbe();
    const audio = base64(voice(200));
    const content = [{ type: 'input_audio', audio, transcript: 'hm' }];
    probe.send({
      type: 'conversation.item.create',
      item: { id: 'a', type: 'message', role: 'user', content },
    });
    expect(probe.last('conversation.item.done')).toMatchObject({
      item: { content: [{ type: 'input_audio', transcript: 'hm' }] },
    });
    expect(JSON.stringify(probe.events)).not.toContain(audio);
    expect(retrieve(probe, 'a').content[0]?.audio).toBe(audio);
  });

  it('S22 audio older than the newest five minutes is let go, the item stays', () => {
    const probe = new SessionProbe();
    probe.update({ audio: { input: { turn_detection: null } } });
    for (let i = 0; i < 4; i += 1) {
      probe.append(quiet(100_000));
      probe.send({ type: 'input_audio_buffer.commit' });
    }
    const [first, , , last] = probe
      .all('input_audio_buffer.committed')
      .map((event) => String(event['item_id']));
    expect(retrieve(probe, first ?? '').content[0]?.audio).toBeUndefined();
    expect(retrieve(probe, last ?? '').content[0]?.audio).toHaveLength((100_000 * 48 * 4) / 3);
  });
});

describe('S23 truncation', () => {
  it('cuts the audio and removes the transcript', () => {
    const { probe, id } = answered();
    expect(retrieve(probe, id).content[0]?.transcript).toContain('Hello everybody.');
    probe.send(truncate(id, 700));
    expect(probe.last('conversation.item.truncated')).toMatchObject({
      item_id: id,
      content_index: 0,
      audio_end_ms: 700,
    });
    const [part] = retrieve(probe, id).content;
    expect(part).not.toHaveProperty('transcript');
    expect(Buffer.from(part?.audio ?? '', 'base64')).toHaveLength(700 * 48);
  });

  it('to its whole length is allowed, beyond it is an error that says both lengths', () => {
    const { probe, id, ms } = answered();
    probe.send(truncate(id, Math.floor(ms) + 1000));
    expect(probe.error()).toMatchObject({
      code: 'invalid_value',
      message: `Audio content of ${Math.round(ms)}ms is already shorter than ${Math.floor(ms) + 1000}ms.`,
    });
    probe.send(truncate(id, Math.floor(ms)));
    expect(probe.all('conversation.item.truncated')).toHaveLength(1);
  });

  it('again is possible, but never longer than before', () => {
    const { probe, id } = answered();
    probe.send(truncate(id, 500));
    probe.send(truncate(id, 600));
    expect(probe.error()).toMatchObject({ code: 'invalid_value' });
    probe.send(truncate(id, 500));
    expect(probe.all('conversation.item.truncated')).toHaveLength(2);
  });

  it('while it is being spoken: what comes after does not return', () => {
    const { probe, id } = answered(500);
    probe.send({ type: 'response.cancel' });
    probe.send(truncate(id, 300));
    vi.advanceTimersByTime(10_000);
    expect(retrieve(probe, id).content[0]).not.toHaveProperty('transcript');
    const running = answered(500);
    running.probe.send(truncate(running.id, 300));
    vi.advanceTimersByTime(20_000);
    const [part] = retrieve(running.probe, running.id).content;
    expect(part).not.toHaveProperty('transcript');
    expect(Buffer.from(part?.audio ?? '', 'base64')).toHaveLength(300 * 48);
  });

  it('is for an answer with audio only', () => {
    const { probe, id } = answered();
    probe.send(truncate('nowhere', 0));
    expect(probe.error()).toMatchObject({ code: 'item_truncate_invalid_item_id' });
    probe.send(truncate(id, 0, 1));
    expect(probe.error()).toMatchObject({ code: 'unsupported_content_type' });
    const [user] = probe.all('conversation.item.added').map((event) => event['item'] as { id: string });
    probe.send(truncate(user?.id ?? '', 0));
    expect(probe.error()).toMatchObject({ code: 'unsupported_content_type' });
  });
});
