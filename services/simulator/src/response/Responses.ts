import type { Conversation } from '../conversation/Conversation.ts';
import type { Item } from '../conversation/items.ts';
import { readItem } from '../conversation/itemSchema.ts';
import { ProtocolError } from '../protocol/ProtocolError.ts';
import type { Send } from '../protocol/serverEvents.ts';
import type { Scenario, ScriptedReply } from '../scenarios/schema.ts';
import type { SessionSettings } from '../session/settings.ts';
import { planResponse } from './planResponse.ts';
import { RateLimits } from './RateLimits.ts';
import { ResponseRun, type ResponseSettings, type StopReason } from './ResponseRun.ts';
import type { ResponseParams } from './responseParams.ts';
import { atMost, contextTokens, type Tokens } from './usage.ts';

/** Responses out of band that may run at the same time. */
const MAX_OUT_OF_BAND = 16;

export interface ResponsesOptions {
  send: Send;
  conversation: Conversation;
  conversationId: string;
  scenario: Scenario;
  turnReplies: ReadonlyMap<string, ScriptedReply>;
  /** A response to the conversation began, or ended after `audioMs` of audio. */
  began(): void;
  ended(audioMs: number): void;
}

/** All responses of a session: at most one for the conversation, and several out of band beside it (S50, S51). */
export class Responses {
  readonly #options: ResponsesOptions;
  readonly #outOfBand = new Set<ResponseRun>();
  readonly #limits = new RateLimits();
  #active: ResponseRun | undefined;
  #readBefore: Tokens = { text: 0, audio: 0, image: 0 };
  #spoke = false;
  /** What was in the conversation when those responses were asked for of which anything came. */
  #answered: Set<Item> | undefined;

  constructor(options: ResponsesOptions) {
    this.#options = options;
  }

  /** Audio was answered at least once: the voice is fixed from then on. */
  get spoke(): boolean {
    return this.#spoke || [this.#active, ...this.#outOfBand].some((run) => run && run.audioMs > 0);
  }

  /** Begins a response. Throws ProtocolError when the conversation has one already, or an input item is wrong. */
  create(params: ResponseParams, session: SessionSettings): void {
    const { conversation, scenario, conversationId } = this.#options;
    const outOfBand = params.conversation === 'none';
    this.#refuseTooMany(outOfBand);
    const items = params.input ? this.#readInput(params.input, session) : [...conversation.items];
    const tools = params.tools ?? session.tools;
    const plan = planResponse({
      items,
      tools,
      toolChoice: params.tool_choice ?? session.toolChoice,
      answered: this.#answered,
      outOfBand,
      instructed: params.instructions !== undefined,
      scenario,
      turnReplies: this.#options.turnReplies,
    });
    const settings = this.#settings(params, session);
    const input = contextTokens(items, params.instructions ?? session.instructions, tools);
    const run = new ResponseRun(plan, settings, {
      send: this.#options.send,
      conversation: outOfBand ? null : conversation,
      conversationId: outOfBand ? null : conversationId,
      input,
      cached: outOfBand ? { text: 0, audio: 0, image: 0 } : atMost(input, this.#readBefore),
      ended: (ended) => this.#ended(ended, input, items),
    });
    if (outOfBand) this.#outOfBand.add(run);
    else {
      this.#active = run;
      this.#options.began();
    }
    run.start();
  }

  /** Cancels the conversation's response, or the one named. Throws ProtocolError when there is none (S53). */
  cancel(id: string | undefined): void {
    const running = [this.#active, ...this.#outOfBand];
    const run = id === undefined ? this.#active : running.find((candidate) => candidate?.id === id);
    if (!run)
      throw new ProtocolError(
        'response_cancel_not_active',
        'Cancellation failed: no active response found',
        id === undefined ? null : 'response_id',
      );
    run.cancel('client_cancelled');
  }

  /** Ends the conversation's response, if there is one. Those out of band go on. */
  interrupt(reason: StopReason): void {
    this.#active?.cancel(reason);
  }

  /** The connection is gone: nothing more is generated. */
  abandon(): void {
    this.#active?.abandon();
    for (const run of this.#outOfBand) run.abandon();
  }

  #refuseTooMany(outOfBand: boolean): void {
    if (!outOfBand && this.#active)
      throw new ProtocolError(
        'conversation_already_has_active_response',
        `Conversation already has an active response in progress: ${this.#active.id}. ` +
          'Wait until the response is finished before creating a new one.',
      );
    if (outOfBand && this.#outOfBand.size >= MAX_OUT_OF_BAND)
      throw new ProtocolError(
        'rate_limit_exceeded',
        `At most ${MAX_OUT_OF_BAND} responses out of band may run at the same time.`,
      );
  }

  #ended(run: ResponseRun, input: Tokens, items: readonly Item[]): void {
    this.#outOfBand.delete(run);
    this.#spoke ||= run.audioMs > 0;
    if (this.#active === run) {
      this.#active = undefined;
      this.#readBefore = input;
      if (run.output.text + run.output.audio > 0) this.#answered = new Set(items);
      this.#options.ended(run.audioMs);
    }
    const spent = input.text + input.audio + input.image + run.output.text + run.output.audio;
    this.#options.send({
      type: 'rate_limits.updated',
      rate_limits: this.#limits.use(spent, performance.now()),
    });
  }

  #readInput(input: NonNullable<ResponseParams['input']>, session: SessionSettings): Item[] {
    return input.map((entry, i) =>
      entry.type === 'item_reference'
        ? this.#referenced(entry.id, i)
        : readItem(entry, session.inputFormat, `response.input[${i}]`),
    );
  }

  #referenced(id: string, place: number): Item {
    const item = this.#options.conversation.find(id);
    if (item) return item;
    throw new ProtocolError(
      'invalid_value',
      `Item with ID '${id}' not found in conversation.`,
      `response.input[${place}].id`,
    );
  }

  #settings(params: ResponseParams, session: SessionSettings): ResponseSettings {
    const output = params.audio?.output;
    return {
      modality: (params.output_modalities ?? session.outputModalities)[0] ?? 'audio',
      voice: output?.voice ?? session.voice,
      speed: session.speed,
      format: output?.format ?? session.outputFormat,
      maxOutputTokens: params.max_output_tokens ?? session.maxOutputTokens,
      metadata: params.metadata ?? null,
      pace: this.#options.scenario.pace,
    };
  }
}
