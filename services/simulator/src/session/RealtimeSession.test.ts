import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionProbe } from '../testing/SessionProbe.ts';
import { quiet, voice } from '../testing/sound.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TRANSCRIBED = { audio: { input: { transcription: { model: 'gpt-live-transcribe' } } } };
const BY_HAND = { audio: { input: { turn_detection: null } } };

describe('S3 wrong events', () => {
  it.each([
    ['no JSON', '{"type":', 'invalid_json', null],
    ['nothing', '', 'invalid_json', null],
    ['an array', '[]', 'invalid_type', null],
    ['null', 'null', 'invalid_type', null],
    ['no type', '{}', 'missing_required_parameter', 'type'],
    ['a type that is no text', '{"type":7}', 'invalid_type', 'type'],
    ['an unknown type', '{"type":"response.dance"}', 'invalid_value', 'type'],
    ['a name from the object prototype', '{"type":"toString"}', 'invalid_value', 'type'],
    ['an unknown field', '{"type":"input_audio_buffer.clear","now":1}', 'unknown_parameter', 'now'],
    ['no audio', '{"type":"input_audio_buffer.append"}', 'missing_required_parameter', 'audio'],
    ['audio that is no base64', '{"type":"input_audio_buffer.append","audio":"é"}', 'invalid_value', 'audio'],
    ['half a sample', '{"type":"input_audio_buffer.append","audio":"AAAA"}', 'invalid_value', 'audio'],
    [
      'an item without content',
      '{"type":"conversation.item.create","item":{"type":"message","role":"user"}}',
      'missing_required_parameter',
      'item.content',
    ],
    [
      'an item of no type',
      '{"type":"conversation.item.create","item":{}}',
      'missing_required_parameter',
      'item.type',
    ],
    ['a session that is no object', '{"type":"session.update","session":[]}', 'invalid_type', 'session'],
    [
      'a negative truncation',
      '{"type":"conversation.item.truncate","item_id":"a","content_index":0,"audio_end_ms":-1}',
      'invalid_value',
      'audio_end_ms',
    ],
    ['output_audio_buffer.clear', '{"type":"output_audio_buffer.clear"}', 'invalid_request', 'type'],
    [
      'an unknown conversation',
      '{"type":"response.create","response":{"conversation":"other"}}',
      'invalid_value',
      'response.conversation',
    ],
  ])('%s: one error, and the session goes on', (_name, text, code, param) => {
    const probe = new SessionProbe();
    probe.session.receive(text);
    expect(probe.types()).toEqual(['session.created', 'error']);
    expect(probe.error()).toMatchObject({ type: 'invalid_request_error', code, param, event_id: null });
    probe.type('Hello');
    expect(probe.types().slice(2)).toEqual(['conversation.item.added', 'conversation.item.done']);
  });

  it('the error names the event that caused it', () => {
    const probe = new SessionProbe();
    probe.send({ type: 'response.cancel', event_id: 'cancel-1' });
    expect(probe.error()).toMatchObject({ code: 'response_cancel_not_active', event_id: 'cancel-1' });
  });

  it('a hundred wrong events in a row are a hundred errors', () => {
    const probe = new SessionProbe();
    for (let i = 0; i < 100; i += 1) probe.send({ type: 'input_audio_buffer.commit' });
    expect(probe.all('error')).toHaveLength(100);
    expect(probe.error()).toMatchObject({ code: 'input_audio_buffer_commit_empty' });
  });
});

describe('a spoken turn', () => {
  it('S31 S52 goes through all events in the order of the provider', () => {
    const probe = new SessionProbe();
    probe.append(quiet(400), voice(2000), quiet(600));
    vi.advanceTimersByTime(10_000);
    expect(
      probe.flow('input_audio_buffer.speech_started').filter((type) => !type.endsWith('.delta')),
    ).toEqual([
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    const turn = probe.last('input_audio_buffer.speech_started')['item_id'];
    expect(probe.last('input_audio_buffer.speech_stopped')['item_id']).toBe(turn);
    expect(probe.last('input_audio_buffer.committed')).toMatchObject({
      item_id: turn,
      previous_item_id: null,
    });
    expect(probe.all('conversation.item.added')).toMatchObject([
      { previous_item_id: null, item: { id: turn, role: 'user', status: 'completed' } },
      { previous_item_id: turn, item: { role: 'assistant', status: 'in_progress', content: [] } },
    ]);
  });

  it('S41 is answered with its length, greeting once', () => {
    const probe = new SessionProbe();
    probe.append(voice(2000), quiet(600));
    vi.advanceTimersByTime(10_000);
    expect(probe.spoken()).toBe(
      'Hello everybody. I am the simulated voice of this room. ' +
        'I heard about two seconds of speech. Please go on, I am listening.',
    );
    const before = probe.spoken();
    probe.append(voice(27_000), quiet(600));
    vi.advanceTimersByTime(20_000);
    expect(probe.spoken().slice(before.length)).toBe(
      'I heard about twenty-seven seconds of speech. What do the others think?',
    );
  });

  it('S35 is transcribed honestly, word by word, and only when asked', () => {
    const probe = new SessionProbe();
    probe.append(voice(1800), quiet(600));
    vi.advanceTimersByTime(10_000);
    expect(probe.types().join()).not.toContain('transcription');
    probe.update(TRANSCRIBED);
    probe.append(voice(1800), quiet(600));
    vi.advanceTimersByTime(10_000);
    const deltas = probe.all('conversation.item.input_audio_transcription.delta');
    expect(deltas.map((event) => event['delta']).join('')).toBe('[1.8 s of speech]');
    const completed = probe.last('conversation.item.input_audio_transcription.completed');
    expect(completed).toMatchObject({
      transcript: '[1.8 s of speech]',
      content_index: 0,
      usage: { type: 'tokens', input_token_details: { text_tokens: 0 } },
    });
    probe.send({ type: 'conversation.item.retrieve', item_id: completed['item_id'] });
    expect(probe.last('conversation.item.retrieved')).toMatchObject({
      item: { content: [{ type: 'input_audio', transcript: '[1.8 s of speech]' }] },
    });
  });

  it('S41 speech stays speech when the answer is asked for after its transcript', () => {
    const probe = new SessionProbe();
    const detection = { type: 'server_vad', create_response: false, interrupt_response: false };
    const { transcription } = TRANSCRIBED.audio.input;
    probe.update({ audio: { input: { transcription, turn_detection: detection } } });
    probe.append(voice(3000), quiet(600));
    vi.advanceTimersByTime(10_000);
    expect(probe.last('conversation.item.input_audio_transcription.completed')['transcript']).toBe(
      '[3.0 s of speech]',
    );
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(20_000);
    expect(probe.spoken()).toContain('I heard about three seconds of speech.');
  });

  it('S32 interrupts the answer before anything else', () => {
    const probe = new SessionProbe();
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(500);
    probe.append(voice(200));
    const flow = probe.flow('input_audio_buffer.speech_started');
    expect(flow).toEqual([
      'input_audio_buffer.speech_started',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    expect(probe.response()).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
      output: [{ status: 'incomplete' }],
    });
    vi.advanceTimersByTime(5000);
    expect(probe.types().at(-1)).toBe('rate_limits.updated');
  });

  it('S32 without interrupt_response the answer goes on, and a second is refused', () => {
    const probe = new SessionProbe();
    probe.update({ audio: { input: { turn_detection: { type: 'server_vad', interrupt_response: false } } } });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(500);
    probe.append(voice(200), quiet(600));
    expect(probe.error()).toMatchObject({ code: 'conversation_already_has_active_response', event_id: null });
    vi.advanceTimersByTime(20_000);
    expect(probe.response()).toMatchObject({ status: 'completed' });
  });

  it('S34 by hand: commit makes the item, and only response.create an answer', () => {
    const probe = new SessionProbe();
    probe.update(BY_HAND);
    probe.append(voice(500));
    probe.send({ type: 'input_audio_buffer.commit' });
    vi.advanceTimersByTime(5000);
    expect(probe.types().slice(2)).toEqual([
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
    ]);
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(10_000);
    expect(probe.spoken()).toContain('I heard about one second of speech.');
  });

  it('S41 hears silence as silence', () => {
    const probe = new SessionProbe();
    probe.update({ audio: { input: { ...BY_HAND.audio.input, ...TRANSCRIBED.audio.input } } });
    probe.append(quiet(1000));
    probe.send({ type: 'input_audio_buffer.commit' });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(10_000);
    expect(probe.spoken()).toContain('I did not hear any speech.');
    expect(probe.last('conversation.item.input_audio_transcription.completed')).toMatchObject({
      transcript: '[silence]',
    });
  });

  it('S36 G.711 sessions take and give 8 kHz bytes', () => {
    const probe = new SessionProbe();
    const format = { type: 'audio/pcmu' };
    probe.update({ audio: { input: { format, turn_detection: null }, output: { format } } });
    probe.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(8000, 0xff).toString('base64') });
    probe.send({ type: 'input_audio_buffer.commit' });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(10_000);
    const [first] = probe.all('response.output_audio.delta');
    expect(Buffer.from(String(first?.['delta']), 'base64')).toHaveLength(800);
  });
});

describe('closing', () => {
  it('nothing is sent after it, whatever was running', () => {
    const probe = new SessionProbe();
    probe.update(TRANSCRIBED);
    probe.append(voice(1000), quiet(600));
    vi.advanceTimersByTime(300);
    const count = probe.events.length;
    probe.session.close();
    probe.session.close();
    probe.type('Hello');
    vi.advanceTimersByTime(60_000);
    expect(probe.events).toHaveLength(count);
    expect(vi.getTimerCount()).toBe(0);
  });
});
