import { AppError } from '@parley/contract';
import type { Aside } from '../room/ports.ts';
import type { ClientEvent } from './clientEvents.ts';
import type { ServerEvent } from './protocol.ts';
import { readDone } from './report.ts';

interface Question extends PromiseWithResolvers<Aside> {
  text: string;
}

const nameOf = (metadata: Record<string, string> | null | undefined) => metadata?.['aside'];

/**
 * Responses out of band (`conversation: "none"`): they read the conversation, are written beside it, and may run while
 * another one is being spoken. Knows no socket. What the server tells about them is taken out of the link's events.
 */
export class Asides {
  /** By name: the ID of the client event that asked, which comes back in the response's metadata. */
  readonly #questions = new Map<string, Question>();
  readonly #responses = new Map<string, string>();

  /** The event to send, and what will come of it. */
  ask(name: string, instructions: string, maxTokens: number): { event: ClientEvent; answer: Promise<Aside> } {
    const question = { text: '', ...Promise.withResolvers<Aside>() };
    this.#questions.set(name, question);
    const response = {
      conversation: 'none',
      output_modalities: ['text'],
      instructions,
      tool_choice: 'none',
      max_output_tokens: maxTokens,
      metadata: { aside: name },
    };
    return { event: { event_id: name, type: 'response.create', response }, answer: question.promise };
  }

  /** True when the event is about an aside, and nothing for anybody else. */
  take(event: ServerEvent): boolean {
    if (event.type === 'response.created') return this.#created(event.response);
    if (event.type === 'response.done') return this.#done(event.response);
    if (!('response_id' in event)) return false;
    const name = this.#responses.get(event.response_id);
    if (name === undefined) return false;
    const question = this.#questions.get(name);
    if (question && event.type === 'response.output_text.done') question.text += event.text;
    return true;
  }

  /** The server refused the client event of this ID. True when it was one of these. */
  refuse(eventId: string | null | undefined, message: string): boolean {
    const question = typeof eventId === 'string' ? this.#questions.get(eventId) : undefined;
    if (!question || typeof eventId !== 'string') return false;
    this.#questions.delete(eventId);
    question.reject(new AppError('provider-refused', message));
    return true;
  }

  /** The link is gone. */
  close(message: string): void {
    for (const name of this.#questions.keys()) this.refuse(name, message);
  }

  #created({ id, metadata }: Extract<ServerEvent, { type: 'response.created' }>['response']): boolean {
    const name = nameOf(metadata);
    if (name === undefined || !this.#questions.has(name)) return this.#responses.has(id);
    this.#responses.set(id, name);
    return true;
  }

  #done(response: Extract<ServerEvent, { type: 'response.done' }>['response']): boolean {
    const name = this.#responses.get(response.id) ?? nameOf(response.metadata);
    const question = name === undefined ? undefined : this.#questions.get(name);
    if (name === undefined || !question) return this.#responses.has(response.id);
    this.#questions.delete(name);
    this.#responses.set(response.id, name);
    const { responseId, status, error, usage } = readDone(response);
    if (status === 'completed' || status === 'incomplete')
      question.resolve({ responseId, text: question.text, usage });
    else question.reject(new AppError('provider-refused', error?.message ?? 'The provider gave no answer.'));
    return true;
  }
}
