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

const job = { job: { type: 'integer', minimum: 1 } };
const task = { type: 'object', properties: { task: { type: 'string' } }, required: ['task'] };
const ROOM_TOOLS = [
  { type: 'function', name: 'nested_team', parameters: task },
  { type: 'function', name: 'code', parameters: task },
  { type: 'function', name: 'job_status', parameters: { type: 'object', properties: job } },
  {
    type: 'function',
    name: 'job_cancel',
    parameters: { type: 'object', properties: job, required: ['job'] },
  },
  {
    type: 'function',
    name: 'job_steer',
    parameters: {
      type: 'object',
      properties: { ...job, instruction: { type: 'string' } },
      required: ['job', 'instruction'],
    },
  },
];

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

  it.each([
    ['Please ask the team to plan a trip.', 'nested_team', { task: 'plan a trip.' }],
    ['Use code to print hello', 'code', { task: 'print hello' }],
    ['Cancel job 12, please', 'job_cancel', { job: 12 }],
    [
      'Tell job 2 to also add tests to the code',
      'job_steer',
      { job: 2, instruction: 'also add tests to the code' },
    ],
    ['How is job 3?', 'job_status', { job: 3 }],
  ])('%j calls %s with %j', (typed, name, args) => {
    const probe = new SessionProbe();
    probe.update({ tools: ROOM_TOOLS });
    ask(probe, typed);
    const done = probe.last('response.function_call_arguments.done');
    expect(done['name']).toBe(name);
    expect(JSON.parse(String(done['arguments']))).toEqual(args);
  });

  it('what was asked before somebody else spoke is still done', () => {
    const probe = new SessionProbe();
    probe.update({ tools: ROOM_TOOLS });
    probe.type('Please use code to print hello');
    ask(probe, 'Lovely weather');
    expect(probe.last('response.function_call_arguments.done')['name']).toBe('code');
  });

  it('what is asked while an answer is given is done after it', () => {
    const probe = new SessionProbe();
    probe.update({ tools: ROOM_TOOLS });
    probe.type('hello');
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(500);
    probe.type('Please use code to print hello');
    vi.advanceTimersByTime(60_000);
    expect(probe.types()).not.toContain('response.function_call_arguments.done');
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(60_000);
    expect(probe.last('response.function_call_arguments.done')['name']).toBe('code');
  });

  it('talk about a team is not a call', () => {
    const probe = new SessionProbe();
    probe.update({ tools: ROOM_TOOLS });
    ask(probe, 'What does the team say, please?');
    expect(probe.types()).not.toContain('response.function_call_arguments.done');
  });
});

describe('S47 what became of tools', () => {
  it.each([
    ['{"job":7,"state":"started"}', 'The work has started. I will tell you when it is done.'],
    [
      '{"job":7,"state":"waits to be allowed"}',
      'It is in the transcript for everybody. What do the others think?',
    ],
    ['{"error":"Nobody may."}', 'The tool has failed. Its result is in the transcript.'],
    ['{"jobs":[{"job":1,"state":"failed"}]}', 'It is in the transcript for everybody.'],
    ['{"job":7,"state":"is being stopped"}', 'Yes. It is in the transcript for everybody.'],
  ])('the output %j is told', (output, said) => {
    const probe = new SessionProbe();
    probe.update({ tools: ROOM_TOOLS });
    ask(probe, 'please use code');
    const { call_id } = probe.last('response.function_call_arguments.done');
    probe.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id, output } });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(20_000);
    expect(probe.spoken()).toBe(said);
  });

  function tell(probe: SessionProbe, ...notes: string[]): string {
    for (const text of notes)
      probe.send({
        type: 'conversation.item.create',
        item: { type: 'message', role: 'system', content: [{ type: 'input_text', text }] },
      });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(20_000);
    return probe.spoken();
  }

  it.each([
    [
      ['Job 7 for Anna, the work of a coding agent, is done.\nTell'],
      'The tool has finished. Its result is in the transcript.',
    ],
    [['Job 7, the work of a team, has failed.'], 'The tool has failed. Its result is in the transcript.'],
    [['Job 7, the work of a team, was stopped.'], 'It is in the transcript for everybody.'],
    [
      ['Job 7, a, has failed.', 'Job 8, a, is done.'],
      'The tool has finished. The tool has failed. Its result is in the transcript.',
    ],
    [
      ['The tool code, called earlier, answers: {"state":"started"}'],
      'The work has started. I will tell you when it is done.',
    ],
  ])('%j is told once, and nothing is called again', (notes, said) => {
    const probe = new SessionProbe();
    probe.update({ tools: ROOM_TOOLS });
    probe.type('please use code');
    expect(tell(probe, ...notes)).toBe(said);
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(20_000);
    expect(probe.types()).not.toContain('response.function_call_arguments.done');
    probe.type('hello');
    expect(tell(probe)).not.toBe(said);
  });
});
