import { startSimulator, type SimulatorOptions } from '@parley/simulator/startSimulator';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type { RealtimeClientEvent } from 'openai/resources/realtime/realtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { report } from '../support/report.ts';
import { selfSigned } from './selfSigned.ts';
import { base64, lengthMs, loudness, pieces, spokenTurn } from './sound.ts';
import { Inbox, type WireEvent, type Witness } from './Witness.ts';

const tls = selfSigned();
const MODEL = 'gpt-realtime-2.1';

async function openSession(witness: Witness, options: SimulatorOptions = {}) {
  if (!tls) throw new Error('No certificate');
  const simulator = await startSimulator({ ...options, tls });
  onTestFinished(() => simulator.close());
  const client = new OpenAI({ apiKey: 'test-key', baseURL: `${simulator.url}/v1` });
  const realtime = new OpenAIRealtimeWS({ model: MODEL, options: { ca: tls.cert } }, client);
  onTestFinished(() => realtime.close());
  const inbox = new Inbox();
  const errors: string[] = [];
  realtime.on('error', (error) => errors.push(String(error.error?.code)));
  realtime.on('event', (event) => {
    witness.server.add(event.type);
    inbox.take(event as object as WireEvent);
  });
  const send = (event: RealtimeClientEvent) => {
    witness.client.add(event.type);
    realtime.send(event);
  };
  const hear = (samples: Int16Array) => {
    for (const piece of pieces(samples)) send({ type: 'input_audio_buffer.append', audio: base64(piece) });
  };
  const type = (text: string, id?: string) =>
    send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }], ...(id ? { id } : {}) },
    });
  await inbox.next('session.created');
  return { realtime, inbox, errors, send, hear, type };
}

/** `openai` as it is, over TLS: it insists on wss. */
export function openaiSuite(witness: Witness): void {
  describe.skipIf(!tls)('openai: OpenAIRealtimeWS', () => {
    it('connects and configures', async () => {
      const { send, inbox } = await openSession(witness);
      const audio = {
        input: { transcription: { model: 'gpt-live-transcribe' } },
        output: { voice: 'cedar' },
      };
      send({ type: 'session.update', session: { type: 'realtime', instructions: 'Be brief.', audio } });
      const { session } = await inbox.next('session.updated');
      expect(session).toMatchObject({ instructions: 'Be brief.', model: MODEL, audio });
    });

    it('text in, text out', async () => {
      const { send, type, inbox } = await openSession(witness);
      type('Hello there');
      send({ type: 'response.create', response: { output_modalities: ['text'] } });
      const { text } = await inbox.next('response.output_text.done');
      const deltas = inbox.all('response.output_text.delta').map((event) => event['delta']);
      expect(deltas.join('')).toBe(text);
      expect(text).toContain('You wrote: "Hello there".');
      await inbox.next('rate_limits.updated');
    });

    it('speech in, transcript and speech out', async () => {
      const { send, hear, inbox } = await openSession(witness);
      const input = { transcription: { model: 'gpt-live-transcribe' } };
      send({ type: 'session.update', session: { type: 'realtime', audio: { input } } });
      hear(spokenTurn());
      const started = await inbox.next('input_audio_buffer.speech_started');
      const committed = await inbox.next('input_audio_buffer.committed');
      expect(committed['item_id']).toBe(started['item_id']);
      await inbox.next('response.output_audio.delta');
      const from = performance.now();
      await inbox.next('response.output_audio.done');
      const tookMs = performance.now() - from;
      const done = await inbox.next('response.output_audio_transcript.done');
      const deltas = inbox.all('response.output_audio.delta').map((event) => event['delta']);
      expect(done['transcript']).toContain('I heard about four seconds of speech.');
      expect(loudness(deltas)).toBeGreaterThan(-30);
      // A sentence of so many letters takes so long, at 8 to 25 letters a second.
      const lettersPerSecond = String(done['transcript']).length / (lengthMs(deltas) / 1000);
      expect(lettersPerSecond).toBeGreaterThan(8);
      expect(lettersPerSecond).toBeLessThan(25);
      report('speech out', { 'times faster than it is played': lengthMs(deltas) / tookMs });
      await inbox.next('response.done');
      const [completed] = inbox.all('conversation.item.input_audio_transcription.completed');
      expect(completed?.['transcript']).toMatch(/^\[[34]\.\d s of speech\]$/);
    });

    it('a function call, its output, and the answer to it', async () => {
      const { send, type, inbox } = await openSession(witness);
      const parameters = { type: 'object', properties: { prompt: { type: 'string' } }, required: ['prompt'] };
      send({
        type: 'session.update',
        session: { type: 'realtime', tools: [{ type: 'function', name: 'code', parameters }] },
      });
      type('Please use code to add two numbers');
      send({ type: 'response.create' });
      const call = await inbox.next('response.function_call_arguments.done');
      expect(JSON.parse(String(call['arguments']))).toEqual({ prompt: 'Please use code to add two numbers' });
      await inbox.next('response.done');
      const output = {
        type: 'function_call_output',
        call_id: String(call['call_id']),
        output: '42',
      } as const;
      send({ type: 'conversation.item.create', item: output });
      send({ type: 'response.create' });
      const { transcript } = await inbox.next('response.output_audio_transcript.done');
      expect(transcript).toBe('The tool has finished. Its result is in the transcript.');
    });

    it('barge-in: the answer is cancelled, truncated, and can be looked at', async () => {
      const { send, hear, type, inbox, errors } = await openSession(witness);
      type('Help');
      send({ type: 'response.create' });
      const { item_id } = await inbox.next('response.output_audio.delta');
      await inbox.next('response.output_audio.delta');
      hear(spokenTurn().slice(0, 12_000));
      await inbox.next('input_audio_buffer.speech_started');
      const { response } = await inbox.next('response.done');
      expect(response).toMatchObject({ status: 'cancelled', status_details: { reason: 'turn_detected' } });
      const truncate = { item_id: String(item_id), content_index: 0 };
      send({ type: 'conversation.item.truncate', ...truncate, audio_end_ms: 90_000 });
      await inbox.next('error');
      expect(errors).toEqual(['invalid_value']);
      send({ type: 'conversation.item.truncate', ...truncate, audio_end_ms: 120 });
      await inbox.next('conversation.item.truncated');
      send({ type: 'conversation.item.retrieve', item_id: truncate.item_id });
      const { item } = await inbox.next('conversation.item.retrieved');
      const [part] = (item as { content: { audio: string; transcript?: string }[] }).content;
      expect(part).not.toHaveProperty('transcript');
      expect(lengthMs([part?.audio])).toBe(120);
    });

    it('cancelling, deleting, clearing, committing by hand', async () => {
      const { send, hear, type, inbox, errors } = await openSession(witness);
      send({
        type: 'session.update',
        session: { type: 'realtime', audio: { input: { turn_detection: null } } },
      });
      type('Help', 'asked');
      send({ type: 'response.create' });
      await inbox.next('response.output_audio.delta');
      send({ type: 'response.cancel' });
      expect(await inbox.next('response.done')).toMatchObject({ response: { status: 'cancelled' } });
      send({ type: 'conversation.item.delete', item_id: 'asked' });
      expect(await inbox.next('conversation.item.deleted')).toMatchObject({ item_id: 'asked' });
      hear(spokenTurn());
      send({ type: 'input_audio_buffer.clear' });
      await inbox.next('input_audio_buffer.cleared');
      send({ type: 'input_audio_buffer.commit' });
      await inbox.next('error');
      hear(spokenTurn());
      send({ type: 'input_audio_buffer.commit' });
      await inbox.next('input_audio_buffer.committed');
      expect(errors).toEqual(['input_audio_buffer_commit_empty']);
    });

    it('errors reach its error listener, and the session lives', async () => {
      const { send, type, inbox, errors } = await openSession(witness);
      send({ type: 'response.create' });
      send({ type: 'response.create', event_id: 'second' });
      expect(await inbox.next('error')).toMatchObject({ error: { event_id: 'second' } });
      send({ type: 'session.update', session: { type: 'realtime', temperature: 1 } as never });
      await inbox.next('error');
      expect(errors).toEqual(['conversation_already_has_active_response', 'unknown_parameter']);
      type('Still there?');
      await inbox.next('conversation.item.done');
    });

    it('silence after an answer, and a transcription that fails', async () => {
      const { send, hear, inbox } = await openSession(witness, {
        scenario: { pace: 50, turns: [{ transcriptionFails: {} }] },
      });
      const turn_detection = { type: 'server_vad', idle_timeout_ms: 500 } as const;
      const input = { turn_detection, transcription: { model: 'gpt-live-transcribe' } };
      send({ type: 'session.update', session: { type: 'realtime', audio: { input } } });
      hear(spokenTurn());
      await inbox.next('input_audio_buffer.speech_stopped');
      await inbox.next('response.done');
      await inbox.seen('conversation.item.input_audio_transcription.failed');
      const { length } = inbox.all('response.output_audio.delta');
      hear(new Int16Array((length / 10 + 1) * 24_000));
      await inbox.next('input_audio_buffer.timeout_triggered');
      await inbox.next('response.created');
    });

    it('the hour is over: session_expired, then close 1001', async () => {
      const { realtime, inbox, errors } = await openSession(witness, { sessionSeconds: 0.3 });
      const closed = new Promise<number>((resolve) => realtime.socket.once('close', resolve));
      await inbox.next('error');
      expect(errors).toEqual(['session_expired']);
      expect(await closed).toBe(1001);
    });
  });
}

/** Whether the suite runs on this machine. */
export const hasTls = tls !== undefined;
