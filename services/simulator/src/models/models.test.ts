import Anthropic, { InternalServerError, RateLimitError } from '@anthropic-ai/sdk';
import OpenAI, * as openaiErrors from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ScenarioInput } from '../scenarios/schema.ts';
import { startSimulator } from '../startSimulator.ts';

type Models = NonNullable<ScenarioInput['models']>;

async function clients(models: Models = [], apiKey = 'test') {
  const simulator = await startSimulator({ scenario: { firstOutputMs: 0, models }, inspect: true });
  onTestFinished(() => simulator.close());
  return {
    url: simulator.url,
    openai: new OpenAI({ apiKey, baseURL: `${simulator.url}/v1`, maxRetries: 0 }),
    anthropic: new Anthropic({ apiKey, baseURL: simulator.url, maxRetries: 0 }),
  };
}

const COLLEAGUES: OpenAI.Responses.FunctionTool[] = ['researcher', 'writer'].map((name) => ({
  type: 'function',
  name: `transfer_to_${name}`,
  description: name === 'writer' ? 'Writes letters and reports' : 'Looks things up',
  parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
  strict: true,
}));
const TOOLS: Anthropic.Tool[] = ['Read', 'Write', 'Edit', 'Bash'].map((name) => ({
  name,
  input_schema: { type: 'object' },
}));
const ask = (content: string) => [{ role: 'user' as const, content }];

describe('S93 /v1/responses with the official client', () => {
  it('S91 hands off to whom the task fits, then says that nothing was thought', async () => {
    const { openai } = await clients();
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'Write a report about tea.' }];
    const request = { model: 'gpt-5.4-mini', tools: COLLEAGUES };
    const first = await openai.responses.create({ ...request, input });
    const [call] = first.output;
    if (call?.type !== 'function_call') throw new Error('no hand-off');
    expect(call).toMatchObject({ name: 'transfer_to_writer', arguments: '{}' });
    input.push(call, { type: 'function_call_output', call_id: call.call_id, output: '{"assistant":"x"}' });
    const second = await openai.responses.create({ ...request, input });
    expect(second.output_text).toMatch(/simulated result[\s\S]*Write a report about tea/);
    expect(second.usage).toMatchObject({
      total_tokens: (second.usage?.input_tokens ?? 0) + (second.usage?.output_tokens ?? 0),
    });
  });

  it('streams text and calls, piece by piece, in the order of the API', async () => {
    const text = 'A text that comes in several pieces, one after the other.';
    const { openai } = await clients([
      { reply: { text, calls: [{ name: 'look', arguments: { at: 'x'.repeat(40) } }] } },
    ]);
    const stream = openai.responses.stream({ model: 'm', input: 'hello' });
    const types: string[] = [];
    for await (const event of stream) {
      expect(event.sequence_number).toBe(types.length);
      types.push(event.type);
    }
    const done = await stream.finalResponse();
    expect(done.output_text).toBe(text);
    expect(done.output[1]).toMatchObject({ type: 'function_call', arguments: `{"at":"${'x'.repeat(40)}"}` });
    expect(types.filter((type) => type === 'response.output_text.delta').length).toBeGreaterThan(1);
    expect(types[0]).toBe('response.created');
    expect(types.at(-1)).toBe('response.completed');
  });

  it.each([
    [429, openaiErrors.RateLimitError],
    [500, openaiErrors.InternalServerError],
    [401, openaiErrors.AuthenticationError],
  ] as const)('a scripted %i is that error of the client', async (status, kind) => {
    const { openai } = await clients([{ reply: { error: { status, message: 'Not now.' } } }]);
    const refused = openai.responses.create({ model: 'm', input: 'x' });
    await expect(refused).rejects.toThrow(kind);
    await expect(refused).rejects.toThrow('Not now.');
  });

  it.each([
    ['malformed', { text: 'x'.repeat(200), broken: 'malformed' }],
    ['cut off', { text: 'x'.repeat(200), broken: 'cut' }],
  ] as const)('a %s stream is an error of the client', async (_name, reply) => {
    const { openai } = await clients([{ reply }]);
    const stream = await openai.responses.create({ model: 'm', input: 'x', stream: true });
    const read = async () => {
      for await (const event of stream) expect(event).toBeDefined();
    };
    await expect(read()).rejects.toThrow();
  });

  it('fails midway as a failed response', async () => {
    const { openai } = await clients([{ reply: { error: { status: 500, midway: true } } }]);
    const stream = await openai.responses.create({ model: 'm', input: 'x', stream: true });
    const types: string[] = [];
    for await (const { type } of stream) types.push(type);
    expect(types.at(-1)).toBe('response.failed');
  });

  it('4 MB of text arrive whole', async () => {
    const { openai } = await clients([{ reply: { text: '0123456789', repeat: 400_000 } }]);
    const done = await openai.responses.stream({ model: 'm', input: 'x' }).finalResponse();
    expect(done.output_text).toHaveLength(4_000_000);
  });

  it.each([
    ['no model', { input: 'x' }, 'model'],
    ['no input', { model: 'm' }, 'input'],
    ['an input that is none', { model: 'm', input: [{ role: 'king', content: 'x' }] }, 'input'],
    [
      'a result without its call',
      { model: 'm', input: [{ type: 'function_call_output', call_id: 'call_1', output: '' }] },
      'No tool call found',
    ],
    [
      'a call without its result',
      { model: 'm', input: [{ type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }] },
      'No tool output found',
    ],
    ['an answer that is forgotten', { model: 'm', input: 'x', previous_response_id: 'resp_1' }, 'resp_1'],
  ])('400 in words: %s', async (_name, body, words) => {
    const { url } = await clients();
    const response = await post(`${url}/v1/responses`, body, { authorization: 'Bearer k' });
    expect(response).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error' } } });
    expect(JSON.stringify(response.body)).toContain(words);
  });

  it('401 without a key and with the invalid one', async () => {
    const { url } = await clients();
    expect((await post(`${url}/v1/responses`, {})).status).toBe(401);
    const { openai } = await clients([], 'invalid');
    await expect(openai.responses.create({ model: 'm', input: 'x' })).rejects.toThrow('Incorrect API key');
  });
});

describe('S94 /v1/messages with the official client', () => {
  const request = { model: 'claude', max_tokens: 100, tools: TOOLS };

  it('S92 looks, writes, lists and tells, streamed', async () => {
    const { anthropic } = await clients();
    const system = 'Primary working directory: /home/agent/space';
    const messages: Anthropic.MessageParam[] = ask('Please write notes.md about tea.');
    const called: unknown[] = [];
    const results = ['File does not exist.', 'File created', 'notes.md'];
    for (let round = 0; round < 4; round += 1) {
      const reply = await anthropic.messages.stream({ ...request, system, messages }).finalMessage();
      const use = reply.content.find((block) => block.type === 'tool_use');
      messages.push({ role: 'assistant', content: reply.content });
      if (!use) {
        expect(reply).toMatchObject({ stop_reason: 'end_turn' });
        expect(JSON.stringify(reply.content)).toContain('Simulated');
        break;
      }
      called.push([use.name, use.input]);
      const result = { type: 'tool_result', tool_use_id: use.id, content: results[round] ?? '' } as const;
      messages.push({ role: 'user', content: [{ ...result, is_error: round === 0 }] });
    }
    expect(called).toMatchObject([
      ['Read', { file_path: '/home/agent/space/notes.md' }],
      ['Write', { file_path: '/home/agent/space/notes.md', content: expect.stringContaining('tea') }],
      ['Bash', { command: 'ls -l' }],
    ]);
  });

  it('S90 the scenario decides by round, tool and words; {workspace} is the folder', async () => {
    const { anthropic } = await clients([
      {
        when: { contains: 'tea', round: 0 },
        reply: { calls: [{ name: 'Bash', arguments: { command: 'ls {workspace}' } }] },
      },
      { when: { contains: 'tea' }, times: 1, reply: { text: 'once' } },
      { reply: { text: 'else' } },
    ]);
    const say = async (text: string, system = '') =>
      (await anthropic.messages.create({ ...request, system, messages: ask(text) })).content[0];
    expect(await say('Tea!', 'working directory: /w')).toMatchObject({ input: { command: 'ls /w' } });
    expect(await say('Coffee')).toMatchObject({ text: 'else' });
    const later: Anthropic.MessageParam[] = [
      ...ask('Tea'),
      { role: 'assistant', content: 'x' },
      ...ask('more tea'),
    ];
    const reply = () => anthropic.messages.create({ ...request, messages: later });
    expect((await reply()).content[0]).toMatchObject({ text: 'once' });
    expect((await reply()).content[0]).toMatchObject({ text: 'else' });
  });

  it.each([
    [429, RateLimitError, 'rate_limit_error'],
    [529, InternalServerError, 'overloaded_error'],
    [500, InternalServerError, 'api_error'],
  ] as const)('a scripted %i is that error of the client', async (status, kind, type) => {
    const { anthropic } = await clients([{ reply: { error: { status } } }]);
    const refused = anthropic.messages.create({ ...request, messages: ask('x') });
    await expect(refused).rejects.toThrow(kind);
    await expect(refused).rejects.toMatchObject({ error: { error: { type } } });
  });

  it('overloaded in the middle of a stream', async () => {
    const { anthropic } = await clients([{ reply: { error: { status: 529, midway: true } } }]);
    const stream = anthropic.messages.stream({ ...request, messages: ask('x') });
    await expect(stream.finalMessage()).rejects.toThrow('Overloaded');
  });

  it.each(['malformed', 'cut'] as const)('a stream that is %s is an error of the client', async (broken) => {
    const { anthropic } = await clients([{ reply: { text: 'x'.repeat(200), broken } }]);
    const stream = anthropic.messages.stream({ ...request, messages: ask('x') });
    await expect(stream.finalMessage()).rejects.toThrow();
  });

  it('counts tokens', async () => {
    const { anthropic } = await clients();
    const count = await anthropic.messages.countTokens({ model: 'claude', messages: ask('x'.repeat(400)) });
    expect(count.input_tokens).toBeGreaterThan(99);
  });

  it.each([
    ['no messages', { model: 'c', max_tokens: 1, messages: [] }, 'at least one message'],
    ['no max_tokens', { model: 'c', messages: ask('x') }, 'max_tokens: Field required'],
    ['no JSON', '{', 'not valid JSON'],
    [
      'a call without its result',
      {
        model: 'c',
        max_tokens: 1,
        messages: [
          ...ask('x'),
          { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] },
          ...ask('y'),
        ],
      },
      't1',
    ],
  ])('400 in words: %s', async (_name, body, words) => {
    const { url } = await clients();
    const headers = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' };
    const response = await post(`${url}/v1/messages`, body, headers);
    expect(response).toMatchObject({
      status: 400,
      body: { type: 'error', error: { type: 'invalid_request_error' } },
    });
    expect(JSON.stringify(response.body)).toContain(words);
  });

  it('401 without a key, 400 without a version, 404 elsewhere', async () => {
    const { url } = await clients();
    expect(await post(`${url}/v1/messages`, {})).toMatchObject({
      status: 401,
      body: { error: { type: 'authentication_error' } },
    });
    expect(await post(`${url}/v1/messages`, {}, { 'x-api-key': 'k' })).toMatchObject({ status: 400 });
    const headers = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' };
    expect(await post(`${url}/v1/messages/batches`, {}, headers)).toMatchObject({
      status: 404,
      body: { error: { type: 'not_found_error' } },
    });
  });
});

it('S70 what models were asked can be seen, without keys', async () => {
  const { openai, url } = await clients();
  await openai.responses.create({ model: 'm', input: 'a question' });
  const seen = await (await fetch(`${url}/simulator/models`)).text();
  expect(seen).toContain('a question');
  expect(seen).not.toContain('Bearer');
});

it('a client that goes away while the model thinks leaves nothing behind', async () => {
  const { openai } = await clients([{ reply: { text: 'late', delayMs: 600_000 } }]);
  const gone = new AbortController();
  const pending = openai.responses.create({ model: 'm', input: 'x', stream: true }, { signal: gone.signal });
  const stream = await pending;
  gone.abort();
  const read = async () => {
    for await (const event of stream) expect(event).toBeDefined();
  };
  await read().catch(() => undefined);
});

async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
