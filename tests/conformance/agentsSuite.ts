import {
  OpenAIRealtimeWebSocket,
  RealtimeAgent,
  RealtimeSession,
  tool,
  type RealtimeItem,
} from '@openai/agents-realtime';
import { startSimulator, type SimulatorOptions } from '@parley/simulator/startSimulator';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { spokenTurn, pieces } from './sound.ts';
import { Inbox, type Witness } from './Witness.ts';

const MODEL = 'gpt-realtime-2.1';

async function openSession(witness: Witness, options: SimulatorOptions = {}) {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.close());
  const url = `${simulator.url.replace('http', 'ws')}/v1/realtime?model=${MODEL}`;
  const execute = vi.fn<(input: { prompt: string }) => string>(() => 'forty-two');
  const code = tool({
    name: 'code',
    description: 'Runs code.',
    parameters: z.object({ prompt: z.string() }),
    execute,
  });
  const agent = new RealtimeAgent({ name: 'Parley', instructions: 'Be brief.', tools: [code] });
  const transport = new OpenAIRealtimeWebSocket({ url });
  const session = new RealtimeSession(agent, { transport, model: MODEL });
  onTestFinished(() => session.close());
  const inbox = new Inbox();
  const errors: unknown[] = [];
  session.on('error', ({ error }) => errors.push(error));
  transport.on('*', (event) => {
    witness.server.add(event.type);
    inbox.take(event);
  });
  let history: RealtimeItem[] = [];
  session.on('history_updated', (items) => (history = items));
  await session.connect({ apiKey: 'test-key' });
  await inbox.next('session.updated');
  const hear = (samples: Int16Array) => {
    for (const piece of pieces(samples)) session.sendAudio(new Uint8Array(piece.buffer).slice().buffer);
  };
  return { session, transport, inbox, errors, execute, hear, history: () => history };
}

/** What each message of the history says, as `role: words`. */
function words(history: readonly RealtimeItem[]): string[] {
  return history.flatMap((item) => {
    if (item.type !== 'message') return [];
    const said = item.content.map((part) => ('text' in part ? part.text : (part.transcript ?? '')));
    return [`${item.role}: ${said.join(' ')}`];
  });
}

/** `@openai/agents-realtime` as it is: its session, its agent, its WebSocket transport. */
export function agentsSuite(witness: Witness): void {
  describe('@openai/agents-realtime: RealtimeSession', () => {
    it('connects, sets tracing and its configuration, without an error', async () => {
      const { inbox, errors } = await openSession(witness);
      const { session } = await inbox.next('session.updated');
      expect(session).toMatchObject({
        instructions: expect.stringContaining('Be brief.'),
        tracing: 'auto',
        tools: [{ type: 'function', name: 'code' }],
        audio: { input: { turn_detection: { type: 'semantic_vad' } } },
      });
      expect(errors).toEqual([]);
    });

    it('text in, a spoken answer in its history', async () => {
      const { session, inbox, errors, history } = await openSession(witness);
      let bytes = 0;
      session.on('audio', ({ data }) => (bytes += data.byteLength));
      session.sendMessage('Hello');
      await inbox.next('response.done');
      expect(words(history())).toEqual([
        'user: Hello',
        'assistant: Hello everybody. It is good to have you all here.',
      ]);
      expect(bytes / 48_000).toBeGreaterThan(2);
      expect(errors).toEqual([]);
    });

    it('speech in, both sides in its history', async () => {
      const { hear, inbox, errors, history } = await openSession(witness, {
        scenario: { turns: [{ transcript: 'Good morning, this is Anna.' }] },
      });
      hear(spokenTurn());
      await inbox.next('response.done');
      await inbox.seen('conversation.item.retrieved');
      expect(words(history())).toEqual([
        'user: Good morning, this is Anna.',
        'assistant: Hello everybody. It is good to have you all here.',
      ]);
      expect(errors).toEqual([]);
    });

    it('a function call runs the tool, its output comes back and is answered', async () => {
      const { session, inbox, execute, errors, history } = await openSession(witness);
      session.sendMessage('Please use code to add two numbers');
      await inbox.next('response.function_call_arguments.done');
      await inbox.next('response.done');
      await inbox.next('response.done');
      expect(execute).toHaveBeenCalledTimes(1);
      expect(execute.mock.calls[0]?.[0]).toEqual({ prompt: 'Please use code to add two numbers' });
      const call = history().find((item) => item.type === 'function_call');
      expect(call).toMatchObject({ name: 'code', output: 'forty-two', status: 'completed' });
      expect(words(history()).at(-1)).toContain('The tool has finished.');
      expect(errors).toEqual([]);
    });

    it('barge-in: it stops playing and truncates by itself', async () => {
      const { session, hear, inbox, errors, history } = await openSession(witness);
      const interrupted = vi.fn<() => void>();
      session.on('audio_interrupted', interrupted);
      session.sendMessage('Help');
      await inbox.next('response.output_audio.delta');
      await inbox.next('response.output_audio.delta');
      hear(spokenTurn().slice(0, 12_000));
      expect(await inbox.next('response.done')).toMatchObject({ response: { status: 'cancelled' } });
      const { audio_end_ms } = await inbox.next('conversation.item.truncated');
      expect(audio_end_ms).toEqual(expect.any(Number));
      const { item } = await inbox.next('conversation.item.retrieved');
      const [part] = (item as { content: object[] }).content;
      expect(part).not.toHaveProperty('transcript');
      expect(interrupted).toHaveBeenCalled();
      // The client keeps the words that had come before for its user interface.
      expect(words(history()).at(-1)).toMatch(/^assistant: I am/);
      expect(errors).toEqual([]);
    });

    it('its interrupt() cancels, and response.create waits for its turn', async () => {
      const { session, transport, inbox, errors } = await openSession(witness);
      session.sendMessage('Help');
      await inbox.next('response.output_audio.delta');
      session.interrupt();
      session.sendMessage('Hello');
      expect(await inbox.next('response.done')).toMatchObject({ response: { status: 'cancelled' } });
      expect(await inbox.next('response.done')).toMatchObject({ response: { status: 'completed' } });
      expect(transport.status).toBe('connected');
      expect(errors).toEqual([]);
    });

    it('errors of the provider reach its error event, and the session lives', async () => {
      const { session, transport, inbox, errors } = await openSession(witness);
      transport.sendEvent({ type: 'conversation.item.delete', item_id: 'nowhere' });
      await inbox.next('error');
      expect(JSON.stringify(errors)).toContain('item_delete_invalid_item_id');
      session.sendMessage('Hello');
      expect(await inbox.next('response.done')).toMatchObject({ response: { status: 'completed' } });
    });

    it('a wrong key is refused before it is connected', async () => {
      const simulator = await startSimulator();
      onTestFinished(() => simulator.close());
      const url = `${simulator.url.replace('http', 'ws')}/v1/realtime?model=${MODEL}`;
      const transport = new OpenAIRealtimeWebSocket({ url });
      transport.on('error', () => undefined);
      await expect(transport.connect({ apiKey: 'invalid' })).rejects.toBeDefined();
      expect(transport.status).toBe('disconnected');
    });
  });
}
