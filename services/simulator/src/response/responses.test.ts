import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionProbe } from '../testing/SessionProbe.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TEXT = { output_modalities: ['text'] };
function ask(probe: SessionProbe, text: string, response?: Record<string, unknown>): string {
  const before = probe.spoken().length;
  probe.type(text);
  probe.send({ type: 'response.create', response });
  vi.advanceTimersByTime(60_000);
  return probe.spoken().slice(before);
}

describe('answers', () => {
  it('S52 text: in order, and the text that was streamed', () => {
    const probe = new SessionProbe();
    probe.update(TEXT);
    ask(probe, 'We meet on Monday');
    expect(probe.flow('response.created')).toEqual([
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    const text =
      'You wrote: "We meet on Monday". ' +
      'Thank you, I got your message of four words. It is in the transcript for everybody.';
    const deltas = probe.all('response.output_text.delta').map((event) => event['delta']);
    expect(deltas.join('')).toBe(text);
    expect(probe.last('response.output_text.done')).toMatchObject({ text });
    expect(probe.response()).toMatchObject({
      status: 'completed',
      output: [{ role: 'assistant', status: 'completed', content: [{ type: 'output_text', text }] }],
    });
  });

  it.each([
    ['hello', 'Hello everybody. It is good to have you all here.'],
    ['Who wins the cup?', 'That is a good question. I am only a simulator'],
    ['What can we do here?', 'Parley lets several people share'],
    ['Thanks!', 'You are welcome.'],
    ['Count to 12', 'I am counting: one two three four five six seven eight nine ten eleven twelve'],
    ['Fine', 'Thank you, I got your message of one word.'],
    ['word '.repeat(120), 'It is in the transcript for everybody.'],
  ])('S41 to %j it says %j', (typed, said) => {
    expect(ask(new SessionProbe(), typed)).toContain(said);
  });

  it('S41 an empty conversation is greeted', () => {
    const probe = new SessionProbe();
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(20_000);
    expect(probe.spoken()).toContain('I am the simulated voice of this room.');
  });

  it('S41 hints of the system are no questions', () => {
    const probe = new SessionProbe();
    probe.type('hello');
    const content = [{ type: 'input_text', text: 'Anna is speaking now. Say goodbye.' }];
    probe.send({ type: 'conversation.item.create', item: { type: 'message', role: 'system', content } });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(20_000);
    expect(probe.spoken()).toMatch(/^Hello everybody/);
  });

  it('S43 audio comes about four times as fast as it is played', () => {
    const probe = new SessionProbe();
    probe.type('help');
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(150);
    const before = probe.all('response.output_audio.delta').length;
    vi.advanceTimersByTime(1000);
    expect(probe.all('response.output_audio.delta').length - before).toBe(40);
  });

  it('S40 the words come with the audio they belong to', () => {
    const probe = new SessionProbe();
    ask(probe, 'help');
    const types = probe.types().filter((type) => type.endsWith('.delta'));
    expect(types[0]).toBe('response.output_audio_transcript.delta');
    const firstAudio = types.indexOf('response.output_audio.delta');
    const lastWord = types.lastIndexOf('response.output_audio_transcript.delta');
    expect(firstAudio).toBeLessThan(3);
    expect(lastWord).toBeGreaterThan(types.length / 2);
  });
});

describe('running responses', () => {
  it('S50 there is one at a time', () => {
    const probe = new SessionProbe();
    probe.send({ type: 'response.create' });
    probe.send({ type: 'response.create', event_id: 'second' });
    expect(probe.error()).toMatchObject({
      code: 'conversation_already_has_active_response',
      event_id: 'second',
    });
    vi.advanceTimersByTime(20_000);
    probe.send({ type: 'response.create' });
    expect(probe.all('response.created')).toHaveLength(2);
  });

  it('S51 out of band they run beside it and leave the conversation alone', () => {
    const probe = new SessionProbe();
    probe.type('hello', 'hello');
    probe.send({ type: 'response.create' });
    const input = [{ type: 'item_reference', id: 'hello' }];
    const response = { conversation: 'none', ...TEXT, metadata: { topic: 'gate' }, input };
    probe.send({ type: 'response.create', response });
    probe.send({ type: 'response.create', response: { ...response, input: [] } });
    expect(probe.all('error')).toEqual([]);
    vi.advanceTimersByTime(20_000);
    const done = probe.all('response.done').map((event) => event['response'] as Record<string, unknown>);
    expect(done).toHaveLength(3);
    expect(done.filter((each) => each['conversation_id'] === null)).toHaveLength(2);
    expect(done).toContainEqual(expect.objectContaining({ metadata: { topic: 'gate' } }));
    const answers = probe.all('conversation.item.added').map((event) => event['item']);
    expect(answers).toHaveLength(2);
  });

  it('S51 sixteen are the most', () => {
    const probe = new SessionProbe();
    for (let i = 0; i < 17; i += 1)
      probe.send({ type: 'response.create', response: { conversation: 'none', ...TEXT } });
    expect(probe.all('response.created')).toHaveLength(16);
    expect(probe.error()).toMatchObject({ code: 'rate_limit_exceeded' });
  });

  it('S46 asked beside the conversation, with instructions, it writes down what there was', () => {
    const probe = new SessionProbe();
    probe.type('My name is Anna.');
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(20_000);
    const response = { conversation: 'none', ...TEXT, instructions: 'Sum up.', metadata: { aside: '1' } };
    probe.send({ type: 'response.create', response });
    vi.advanceTimersByTime(20_000);
    expect(probe.response()).toMatchObject({ conversation_id: null, metadata: { aside: '1' } });
    const said = String(probe.last('response.output_text.done')['text']);
    expect(said).toMatch(/^2 items\. user: "My name is Anna\."\. assistant: "/);
  });

  it('S51 an unknown reference is refused', () => {
    const probe = new SessionProbe();
    const input = [{ type: 'item_reference', id: 'nowhere' }];
    probe.send({ type: 'response.create', response: { conversation: 'none', input } });
    expect(probe.error()).toMatchObject({ code: 'invalid_value', param: 'response.input[0].id' });
    expect(probe.types()).not.toContain('response.created');
  });

  it('S53 cancelling ends it at once, a second time is an error', () => {
    const probe = new SessionProbe();
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(400);
    probe.send({ type: 'response.cancel' });
    expect(probe.response()).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'client_cancelled' },
    });
    const sent = probe.events.length;
    vi.advanceTimersByTime(20_000);
    expect(probe.events).toHaveLength(sent);
    probe.send({ type: 'response.cancel' });
    expect(probe.error()).toMatchObject({ code: 'response_cancel_not_active' });
  });

  it('S53 before its first output it has no item', () => {
    const probe = new SessionProbe();
    probe.send({ type: 'response.create' });
    probe.send({ type: 'response.cancel' });
    expect(probe.flow('response.created')).toEqual([
      'response.created',
      'response.done',
      'rate_limits.updated',
    ]);
  });

  it('S53 one out of band is cancelled by its ID', () => {
    const probe = new SessionProbe();
    probe.send({ type: 'response.create' });
    probe.send({ type: 'response.create', response: { conversation: 'none' } });
    const { id } = probe.last('response.created')['response'] as { id: string };
    probe.send({ type: 'response.cancel', response_id: id });
    expect(probe.response()).toMatchObject({ id, status: 'cancelled' });
    probe.send({ type: 'response.cancel', response_id: id });
    expect(probe.error()).toMatchObject({ code: 'response_cancel_not_active', param: 'response_id' });
    vi.advanceTimersByTime(20_000);
    expect(probe.response()).toMatchObject({ status: 'completed' });
  });

  it('an item deleted while it is spoken does not come back', () => {
    const probe = new SessionProbe();
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(400);
    const item_id = String(probe.last('response.output_audio.delta')['item_id']);
    probe.send({ type: 'conversation.item.delete', item_id });
    vi.advanceTimersByTime(20_000);
    expect(probe.response()).toMatchObject({ status: 'completed' });
    expect(probe.types()).not.toContain('conversation.item.done');
  });

  it('S54 max_output_tokens ends it as incomplete', () => {
    const probe = new SessionProbe();
    ask(probe, 'help', { max_output_tokens: 40 });
    expect(probe.response()).toMatchObject({
      status: 'incomplete',
      status_details: { type: 'incomplete', reason: 'max_output_tokens' },
      output: [{ status: 'incomplete' }],
      max_output_tokens: 40,
    });
    const { output_tokens } = probe.response()['usage'] as { output_tokens: number };
    expect(output_tokens).toBeGreaterThanOrEqual(40);
    expect(output_tokens).toBeLessThan(50);
  });

  it.each([
    ['17 pairs', Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v']))],
    ['a long value', { k: 'v'.repeat(513) }],
    ['a number', { k: 1 }],
  ])('metadata with %s is refused', (_name, metadata) => {
    const probe = new SessionProbe();
    probe.send({ type: 'response.create', response: { metadata } });
    expect(probe.types()).toEqual(['session.created', 'error']);
  });
});

describe('S55 usage', () => {
  interface Usage {
    total_tokens: number;
    input_tokens: number;
    output_tokens: number;
    input_token_details: { text_tokens: number; audio_tokens: number; cached_tokens: number };
    output_token_details: { audio_tokens: number };
  }
  const usage = (probe: SessionProbe) => probe.response()['usage'] as Usage;

  it('counts 50 ms of answer as a token, and pays for the conversation every time', () => {
    const probe = new SessionProbe();
    ask(probe, 'hello');
    const first = usage(probe);
    const ms = probe
      .all('response.output_audio.delta')
      .reduce((sum, event) => sum + Buffer.from(String(event['delta']), 'base64').length / 48, 0);
    expect(first.output_token_details.audio_tokens).toBe(Math.ceil(ms / 50));
    expect(first.total_tokens).toBe(first.input_tokens + first.output_tokens);
    expect(first.input_token_details.cached_tokens).toBe(0);
    ask(probe, 'hello');
    const second = usage(probe);
    expect(second.input_token_details.audio_tokens).toBe(Math.ceil(ms / 50));
    expect(second.input_token_details.cached_tokens).toBe(first.input_tokens);
  });

  it('is reported against the limits', () => {
    const probe = new SessionProbe();
    ask(probe, 'hello');
    expect(probe.last('rate_limits.updated')['rate_limits']).toEqual([
      { name: 'requests', limit: 1000, remaining: 999, reset_seconds: 0.06 },
      {
        name: 'tokens',
        limit: 40_000,
        remaining: 40_000 - usage(probe).total_tokens,
        reset_seconds: expect.any(Number),
      },
    ]);
  });
});
