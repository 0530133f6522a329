import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionProbe, type Received } from '../testing/SessionProbe.ts';
import { quiet, voice } from '../testing/sound.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DEFAULTS = {
  type: 'realtime',
  object: 'realtime.session',
  id: 'sess_test',
  expires_at: 2_000_000_000,
  model: 'gpt-realtime-2.1',
  output_modalities: ['audio'],
  tools: [],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { effort: 'low' },
  max_output_tokens: 'inf',
  tracing: null,
  truncation: 'auto',
  prompt: null,
  include: null,
  audio: {
    input: {
      format: { type: 'audio/pcm', rate: 24_000 },
      noise_reduction: null,
      transcription: null,
      turn_detection: {
        type: 'server_vad',
        threshold: 0.5,
        prefix_padding_ms: 300,
        silence_duration_ms: 500,
        idle_timeout_ms: null,
        create_response: true,
        interrupt_response: true,
      },
    },
    output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin', speed: 1 },
  },
};

const session = (event: Received) => event['session'] as typeof DEFAULTS & { instructions: string };

describe('session.update', () => {
  it('S10 session.created comes first, with every setting', () => {
    const { events } = new SessionProbe();
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: 'session.created', session: DEFAULTS });
  });

  it('S11 nothing present, nothing changed', () => {
    const probe = new SessionProbe();
    probe.update({});
    expect(session(probe.last('session.updated'))).toMatchObject(DEFAULTS);
  });

  it('S11 only what is present changes, at any depth', () => {
    const probe = new SessionProbe();
    probe.update({ audio: { input: { turn_detection: { type: 'server_vad', create_response: false } } } });
    probe.update({ audio: { input: { turn_detection: { type: 'server_vad', threshold: 0.9 } } } });
    probe.update({ audio: { input: { transcription: { model: 'a', language: 'en' } } } });
    probe.update({ audio: { input: { transcription: { model: 'b' } }, output: { speed: 1.2 } } });
    probe.update({ audio: { input: { noise_reduction: { type: 'far_field', strength: 0.3 } } } });
    probe.update({ audio: { input: { noise_reduction: { type: 'near_field' } } } });
    const { input, output } = session(probe.last('session.updated')).audio;
    expect(input.turn_detection).toMatchObject({
      create_response: false,
      threshold: 0.9,
      silence_duration_ms: 500,
    });
    expect(input.transcription).toEqual({ model: 'b', language: 'en' });
    expect(input.noise_reduction).toEqual({ type: 'near_field', strength: 0.3 });
    expect(output).toMatchObject({ speed: 1.2, voice: 'marin' });
  });

  it('S11 null, "" and [] clear', () => {
    const probe = new SessionProbe();
    probe.update({
      instructions: 'Be brief.',
      tools: [{ type: 'function', name: 'code' }],
      audio: { input: { transcription: { model: 'a' }, noise_reduction: { type: 'far_field' } } },
    });
    probe.update({
      instructions: '',
      tools: [],
      audio: { input: { transcription: null, noise_reduction: null, turn_detection: null } },
    });
    const updated = session(probe.last('session.updated'));
    expect(updated).toMatchObject({ instructions: '', tools: [] });
    expect(updated.audio.input).toMatchObject({
      transcription: null,
      noise_reduction: null,
      turn_detection: null,
    });
  });

  it('S11 another kind of detection begins with its own defaults', () => {
    const probe = new SessionProbe();
    probe.update({ audio: { input: { turn_detection: { type: 'semantic_vad', eagerness: 'high' } } } });
    expect(session(probe.last('session.updated')).audio.input.turn_detection).toEqual({
      type: 'semantic_vad',
      eagerness: 'high',
      create_response: true,
      interrupt_response: true,
    });
  });

  it.each([
    ['S12 the type is required', {}, 'missing_required_parameter', 'session.type'],
    ['S12 temperature', { type: 'realtime', temperature: 0.8 }, 'unknown_parameter', 'session.temperature'],
    [
      'S12 a beta field',
      { type: 'realtime', modalities: ['text'] },
      'unknown_parameter',
      'session.modalities',
    ],
    [
      'S12 an unknown field far inside',
      { type: 'realtime', tools: [{ type: 'function', name: 'a', strict: true }] },
      'unknown_parameter',
      'session.tools[0].strict',
    ],
    [
      'both modalities',
      { type: 'realtime', output_modalities: ['text', 'audio'] },
      'invalid_value',
      'session.output_modalities',
    ],
    [
      'a wrong rate',
      { type: 'realtime', audio: { input: { format: { type: 'audio/pcm', rate: 16_000 } } } },
      'invalid_value',
      'session.audio.input.format.rate',
    ],
    ['a wrong type', { type: 'realtime', instructions: 5 }, 'invalid_type', 'session.instructions'],
    [
      'too many tokens',
      { type: 'realtime', max_output_tokens: 5000 },
      'invalid_value',
      'session.max_output_tokens',
    ],
    [
      'an unknown voice',
      { type: 'realtime', audio: { output: { voice: 'nobody' } } },
      'invalid_value',
      'session.audio.output.voice',
    ],
    [
      'a speed',
      { type: 'realtime', audio: { output: { speed: 2 } } },
      'invalid_value',
      'session.audio.output.speed',
    ],
    ['S13 another model', { type: 'realtime', model: 'gpt-realtime-2' }, 'invalid_value', 'session.model'],
    ['another kind of session', { type: 'transcription' }, 'invalid_value', 'session.type'],
    ['a kind that is none', { type: 'chat' }, 'invalid_value', 'session.type'],
  ])('%s is refused and nothing changes', (_name, update, code, param) => {
    const probe = new SessionProbe();
    probe.send({ type: 'session.update', event_id: 'mine', session: update });
    expect(probe.error()).toMatchObject({ type: 'invalid_request_error', code, param, event_id: 'mine' });
    probe.update({ instructions: 'Still here.' });
    const updated = session(probe.last('session.updated'));
    expect(updated).toMatchObject({ ...DEFAULTS, instructions: 'Still here.' });
    expect(probe.types()).toEqual(['session.created', 'error', 'session.updated']);
  });

  it('S11 one wrong field, and none of the others counts', () => {
    const probe = new SessionProbe();
    probe.update({ instructions: 'New.', audio: { output: { voice: 'nobody' } } });
    probe.update({});
    expect(session(probe.last('session.updated')).instructions).not.toBe('New.');
  });

  it('S13 the voice may change until it was heard', () => {
    const probe = new SessionProbe();
    probe.update({ audio: { output: { voice: 'cedar' } } });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(300);
    probe.update({ audio: { output: { voice: 'cedar' } } });
    expect(probe.all('error')).toEqual([]);
    probe.update({ audio: { output: { voice: 'marin' } } });
    expect(probe.error()).toMatchObject({ code: 'cannot_update_voice' });
  });

  it('S13 tracing is fixed once it is on', () => {
    const probe = new SessionProbe();
    probe.update({ tracing: 'auto' });
    probe.update({ tracing: 'auto' });
    expect(probe.all('error')).toEqual([]);
    probe.update({ tracing: null });
    expect(probe.error()).toMatchObject({ param: 'session.tracing' });
  });
});

describe('a transcription session', () => {
  it('S1 shows and takes the input half only, and gives no responses', () => {
    const probe = new SessionProbe({}, 'transcription');
    const shown = { type: 'transcription', object: 'realtime.transcription_session', audio: { input: {} } };
    expect(probe.events[0]).toMatchObject({ type: 'session.created', session: shown });
    probe.send({
      type: 'session.update',
      session: {
        type: 'transcription',
        audio: { input: { transcription: { model: 'gpt-live-transcribe' } } },
      },
    });
    probe.append(voice(600), quiet(600));
    vi.advanceTimersByTime(1000);
    expect(probe.last('conversation.item.input_audio_transcription.completed')).toMatchObject({
      transcript: '[0.6 s of speech]',
    });
    expect(probe.types()).not.toContain('response.created');
    probe.send({ type: 'response.create' });
    expect(probe.error()).toMatchObject({ message: 'A transcription session gives no responses.' });
  });
});
