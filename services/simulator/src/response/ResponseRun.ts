import { newId } from '../protocol/ids.ts';
import type { Send, WireResponse } from '../protocol/serverEvents.ts';
import type { Conversation } from '../conversation/Conversation.ts';
import { presentItem, type Item } from '../conversation/items.ts';
import type { AudioFormat } from '../session/sessionSchema.ts';
import type { ResponsePlan } from './planResponse.ts';
import { generateCall, generateMessage, type Generation } from './generate.ts';
import { presentUsage, type Tokens } from './usage.ts';

export interface ResponseSettings {
  modality: 'text' | 'audio';
  voice: string | { id: string };
  speed: number;
  format: AudioFormat;
  maxOutputTokens: number | 'inf';
  metadata: Record<string, string> | null;
  /** How many times faster than real time. */
  pace: number;
}

export interface RunDependencies {
  send: Send;
  /** Where its items go; null for a response out of band. */
  conversation: Conversation | null;
  conversationId: string | null;
  input: Tokens;
  cached: Tokens;
  /** Called once, after `response.done`. Not called when the run is abandoned. */
  ended: (run: ResponseRun) => void;
}

export type StopReason = 'turn_detected' | 'client_cancelled' | 'max_output_tokens';
type Outcome =
  | { status: 'completed' }
  | { status: 'cancelled' | 'incomplete'; reason: StopReason }
  | { status: 'failed'; error: { type: string; code: string; message: string } };

/** One response, from `response.created` to `response.done`. It can be stopped at any step (S53). */
export class ResponseRun {
  readonly id = newId('resp');
  readonly outOfBand: boolean;
  readonly output: Tokens = { text: 0, audio: 0, image: 0 };
  /** Milliseconds of audio sent so far. */
  audioMs = 0;
  readonly #plan: ResponsePlan;
  readonly #settings: ResponseSettings;
  readonly #deps: RunDependencies;
  readonly #items: Item[] = [];
  readonly #steps: Generator<number, void>;
  #outcome: Outcome | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over = false;
  /** When the next step is to be taken, on the clock of `performance.now()`. */
  #dueMs = performance.now();

  constructor(plan: ResponsePlan, settings: ResponseSettings, deps: RunDependencies) {
    this.#plan = plan;
    this.#settings = settings;
    this.#deps = deps;
    this.outOfBand = deps.conversation === null;
    this.#steps = this.#generate();
  }

  start(): void {
    this.#deps.send({ type: 'response.created', response: this.#present() });
    this.#step();
  }

  /** Ends it at once: its open item is closed as incomplete before this returns. Harmless when it is over. */
  cancel(reason: StopReason): void {
    if (this.#over) return;
    this.#outcome = { status: 'cancelled', reason };
    this.#steps.return(undefined);
    this.#finish();
  }

  /** Stops without a word: the connection is gone. */
  abandon(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #step(): void {
    const next = this.#steps.next();
    if (next.done) this.#finish();
    // Sending may have ended the connection, and with it this run.
    else if (!this.#over) {
      // Counted from when the step was due: a late timer does not slow the answer down.
      this.#dueMs += next.value;
      this.#timer = setTimeout(() => this.#step(), Math.max(0, this.#dueMs - performance.now()));
    }
  }

  /** Yields the milliseconds to wait before it goes on. */
  *#generate(): Generator<number, void> {
    yield this.#plan.delayMs;
    if (this.#plan.fail) {
      this.#outcome = { status: 'failed', error: this.#plan.fail };
      return;
    }
    for (const [index, output] of this.#plan.outputs.entries()) {
      if (this.#outcome) return;
      const generation = this.#generation(index);
      if (output.kind === 'call') yield* generateCall(output.call, generation);
      else yield* generateMessage(output, this.#settings, generation);
    }
  }

  #generation(outputIndex: number): Generation {
    const { send, conversation } = this.#deps;
    return {
      send,
      responseId: this.id,
      outputIndex,
      output: this.output,
      heardMs: (ms) => (this.audioMs += ms),
      spent: () => this.#spent(),
      open: (item) => {
        this.#items.push(item);
        send({
          type: 'response.output_item.added',
          response_id: this.id,
          output_index: outputIndex,
          item: presentItem(item),
        });
        if (!conversation) return;
        conversation.add(item);
        send({
          type: 'conversation.item.added',
          previous_item_id: conversation.idBefore(item.id),
          item: presentItem(item),
        });
      },
      close: (item) => {
        // The client may have deleted it meanwhile.
        if (conversation?.find(item.id)) {
          conversation.trimAudio();
          send({
            type: 'conversation.item.done',
            previous_item_id: conversation.idBefore(item.id),
            item: presentItem(item),
          });
        }
        send({
          type: 'response.output_item.done',
          response_id: this.id,
          output_index: outputIndex,
          item: presentItem(item),
        });
      },
    };
  }

  /** True when the tokens are used up: the response is incomplete then. */
  #spent(): boolean {
    const { maxOutputTokens } = this.#settings;
    if (maxOutputTokens === 'inf' || this.output.text + this.output.audio < maxOutputTokens) return false;
    this.#outcome ??= { status: 'incomplete', reason: 'max_output_tokens' };
    return true;
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#outcome ??= { status: 'completed' };
    this.#deps.send({ type: 'response.done', response: this.#present() });
    this.#deps.ended(this);
  }

  #present() {
    const { modality, format, voice, maxOutputTokens, metadata } = this.#settings;
    return {
      object: 'realtime.response' as const,
      id: this.id,
      status: this.#outcome?.status ?? ('in_progress' as const),
      status_details: statusDetails(this.#outcome),
      output: this.#items.map((item) => presentItem(item)),
      conversation_id: this.#deps.conversationId,
      output_modalities: [modality],
      max_output_tokens: maxOutputTokens,
      audio: { output: { format, voice: typeof voice === 'string' ? voice : voice.id } },
      usage: this.#over ? presentUsage(this.#deps.input, this.#deps.cached, this.output) : null,
      metadata,
    } as object as WireResponse;
  }
}

function statusDetails(outcome: Outcome | undefined) {
  if (!outcome || outcome.status === 'completed') return null;
  if (outcome.status === 'failed') return { type: outcome.status, error: outcome.error };
  return { type: outcome.status, reason: outcome.reason };
}
