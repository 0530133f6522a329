import { expect, test } from 'vitest';
import { Asides } from './Asides.ts';
import { readServerEvent, type ServerEvent } from './protocol.ts';

const said = (event: object): ServerEvent => {
  const reading = readServerEvent(JSON.stringify(event));
  if (reading.kind !== 'event') throw new Error(reading.kind);
  return reading.event;
};
const created = (id: string, aside?: string) =>
  said({ type: 'response.created', response: { id, metadata: aside ? { aside } : null } });
const done = (id: string, status: string, aside?: string) =>
  said({
    type: 'response.done',
    response: {
      id,
      status,
      metadata: aside ? { aside } : null,
      status_details: { error: { message: 'Tired.' } },
      usage: { input_token_details: { text_tokens: 7 } },
    },
  });
const text = (id: string, words: string) =>
  said({ type: 'response.output_text.done', response_id: id, item_id: 'i', text: words });

test('an aside is answered beside the conversation, whose events pass', async () => {
  const asides = new Asides();
  const { event, answer } = asides.ask('aside_1', 'Sum up.', 700);
  expect(event).toMatchObject({
    event_id: 'aside_1',
    response: { conversation: 'none', output_modalities: ['text'], max_output_tokens: 700 },
  });
  const taken = [
    created('a', 'aside_1'),
    created('b'),
    text('a', 'They talked.'),
    text('b', 'Hello.'),
    done('b', 'completed'),
    done('a', 'completed', 'aside_1'),
    done('a', 'completed', 'aside_1'),
  ].map((each) => asides.take(each));
  expect(taken).toEqual([true, false, true, false, false, true, true]);
  expect(await answer).toMatchObject({
    responseId: 'a',
    text: 'They talked.',
    usage: { inputTextTokens: 7 },
  });
});

test('somebody else’s metadata is no aside', () => {
  expect(new Asides().take(created('a', 'aside_1'))).toBe(false);
});

test.each([
  ['fails', (asides: Asides) => asides.take(done('a', 'failed', 'aside_1'))],
  ['is refused', (asides: Asides) => asides.refuse('aside_1', 'Tired.')],
  ['is asked of a link that closes', (asides: Asides) => asides.close('Tired.')],
])('one that %s rejects', async (_, end) => {
  const asides = new Asides();
  const { answer } = asides.ask('aside_1', 'Sum up.', 700);
  end(asides);
  await expect(answer).rejects.toThrow('Tired.');
  expect(asides.refuse('aside_1', 'Again.')).toBe(false);
  expect(asides.refuse(undefined, 'Other.')).toBe(false);
});
