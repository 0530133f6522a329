import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionProbe } from '../testing/SessionProbe.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const CODE = {
  type: 'function',
  name: 'code',
  parameters: {
    type: 'object',
    properties: { prompt: { type: 'string' }, language: { enum: ['ts', 'py'] }, note: { type: 'string' } },
    required: ['prompt', 'language'],
  },
};
const TEAM = { type: 'function', name: 'nested_team', parameters: { type: 'object', properties: {} } };

function ask(probe: SessionProbe, text: string, response?: Record<string, unknown>): void {
  probe.type(text);
  probe.send({ type: 'response.create', response });
  vi.advanceTimersByTime(60_000);
}

describe('S45 tools', () => {
  it('a tool that is named and asked for is called, its required arguments filled', () => {
    const probe = new SessionProbe();
    probe.update({ tools: [TEAM, CODE] });
    ask(probe, 'Please use code to print hello');
    expect(probe.flow('response.created')).toEqual([
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    const done = probe.last('response.function_call_arguments.done');
    expect(done).toMatchObject({ name: 'code' });
    expect(JSON.parse(String(done['arguments']))).toEqual({
      prompt: 'Please use code to print hello',
      language: 'ts',
    });
    const deltas = probe.all('response.function_call_arguments.delta').map((event) => event['delta']);
    expect(deltas.join('')).toBe(done['arguments']);
    expect(probe.response()).toMatchObject({
      output: [{ type: 'function_call', status: 'completed', call_id: done['call_id'] }],
    });
  });

  it.each([
    ['nested team, please start', 'nested_team'],
    ['nested_team({"topic":"plan"})', 'nested_team'],
  ])('%j calls %s', (typed, name) => {
    const probe = new SessionProbe();
    probe.update({ tools: [TEAM, CODE] });
    ask(probe, typed);
    expect(probe.last('response.function_call_arguments.done')).toMatchObject({ name });
  });

  it('arguments may be given in JSON', () => {
    const probe = new SessionProbe();
    probe.update({ tools: [CODE] });
    ask(probe, 'run code {"prompt":"x"}');
    expect(probe.last('response.function_call_arguments.done')['arguments']).toBe('{"prompt":"x"}');
  });

  it.each([
    ['nobody asked', 'I like code', {}],
    ['it is not declared', 'please use python', {}],
    ['none is to be chosen', 'please use code', { tool_choice: 'none' }],
  ])('no call when %s', (_name, typed, update) => {
    const probe = new SessionProbe();
    probe.update({ tools: [CODE], ...update });
    ask(probe, typed);
    expect(probe.types()).not.toContain('response.function_call_arguments.done');
  });

  it.each(['required', { type: 'function', name: 'code' }])('tool_choice %j calls', (tool_choice) => {
    const probe = new SessionProbe();
    ask(probe, 'hello', { tools: [CODE], tool_choice });
    expect(probe.last('response.function_call_arguments.done')).toMatchObject({ name: 'code' });
  });

  it.each([
    ['42', 'The tool has finished. Its result is in the transcript.'],
    ['{"status":"queued","job_id":"1"}', 'The work has started. I will tell you when it is done.'],
    ['{"status":"failed"}', 'The tool has failed. Its result is in the transcript.'],
  ])('the output %j is announced', (output, said) => {
    const probe = new SessionProbe();
    probe.update({ tools: [CODE] });
    ask(probe, 'please use code');
    const { call_id } = probe.last('response.function_call_arguments.done');
    probe.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id, output } });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(20_000);
    expect(probe.spoken()).toBe(said);
  });

  it('a cancelled call still tells its arguments so far', () => {
    const probe = new SessionProbe();
    probe.update({ tools: [CODE] });
    probe.type(`please use code ${'to do very much '.repeat(20)}`);
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(200);
    probe.send({ type: 'response.cancel' });
    const done = probe.last('response.function_call_arguments.done');
    expect(String(done['arguments'])).toMatch(/^\{"prompt":"please/);
    expect(probe.response()).toMatchObject({ status: 'cancelled', output: [{ status: 'incomplete' }] });
  });
});
