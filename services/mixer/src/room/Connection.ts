import type { EventEmitter } from 'node:events';
import { FRAME_MS, type AssistantState, type EventData } from '@parley/contract';
import type { InputTimeline } from '../audio/InputTimeline.ts';
import type { AnswerPolicy } from './AnswerPolicy.ts';
import type { AssistantEvents } from './assistantEvents.ts';
import { type AssistantOptions, ROLL_OVER_AFTER_MS, ROLL_OVER_AFTER_TOKENS } from './assistantOptions.ts';
import { Backlog } from './Backlog.ts';
import type { Conversation } from './Conversation.ts';
import type { HeldSpeech } from './HeldSpeech.ts';
import type { LinkKeeper, LinkLoss } from './LinkKeeper.ts';
import type { RealtimeLink } from './ports.ts';
import { RollOver } from './RollOver.ts';
import type { Moment, SeamReason } from './seam.ts';

export interface ConnectionOptions extends Pick<
  AssistantOptions,
  'clock' | 'log' | 'provider' | 'model' | 'simulated' | 'rollOverAfterMs' | 'rollOverAfterTokens'
> {
  events: EventEmitter<AssistantEvents>;
  timeline: InputTimeline;
  policy: AnswerPolicy;
  held: HeldSpeech;
  keeper: LinkKeeper;
  conversation: Conversation;
  moment: () => Moment;
  /** Why the assistant is paused. */
  pausedBecause: () => string;
}

/** How the assistant stands with its provider: what its links that come and go mean for the conversation, and for people. */
export class Connection {
  readonly rollOver: RollOver;
  readonly #options: ConnectionOptions;
  readonly #backlog = new Backlog();
  readonly #settled = Promise.withResolvers<AssistantState>();
  #state: AssistantState;
  /** Why there is no link; undefined while there is one, and before the first. */
  #away: string | undefined;
  #linked = false;
  /** A link was lost, and there is no other one yet. */
  #gap: { sinceMs: number; reason: SeamReason } | undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#state = { phase: 'connecting', simulated: options.simulated, message: null };
    const { clock, log, keeper, policy, conversation, moment } = options;
    const { succession } = conversation;
    this.rollOver = new RollOver({
      clock,
      log,
      afterMs: options.rollOverAfterMs ?? ROLL_OVER_AFTER_MS,
      connect: (signal) => keeper.second(signal),
      compact: async () => (policy.paused ? undefined : succession.compact()),
      moment,
      handOver: (next, reason) => this.#handOver(next, reason),
      drained: () => succession.drained(),
      endDrain: () => conversation.endDrain(),
    });
  }

  get state(): AssistantState {
    return this.#state;
  }

  /** Resolves once the first attempt to connect has come to an end, good or bad, or the assistant was closed. */
  settled(): Promise<AssistantState> {
    return this.#settled.promise;
  }

  /** What the room says, for the link of now or for the next one. */
  push(frame: Int16Array, urgent: boolean): void {
    const { keeper, clock } = this.#options;
    if (keeper.link) keeper.link.appendAudio(frame, urgent);
    else this.#backlog.push(frame, clock.now());
  }

  /** What was kept for the next link is not for it. */
  forget(): void {
    this.#backlog.forget();
  }

  up(link: RealtimeLink): void {
    const { events, clock, timeline, conversation, held, provider, model, simulated } = this.#options;
    const wasAway = this.#away !== undefined;
    this.#away = undefined;
    const backlog = this.#backlog.take(clock.now());
    events.emit('fact', { type: 'assistant:connected', data: { provider, model, simulated } });
    if (wasAway) events.emit('notice', 'info', 'The assistant is back.');
    const fromMs = timeline.inputMs - backlog.length * FRAME_MS;
    const replayed = conversation.connect(link, fromMs);
    for (const frame of backlog) link.appendAudio(frame);
    held.linked(fromMs);
    if (this.#gap) {
      const { reason, sinceMs } = this.#gap;
      const gapMs = clock.now() - sinceMs;
      events.emit('fact', { type: 'assistant:rolled-over', data: { reason, ...replayed, gapMs } });
    }
    this.#gap = undefined;
    this.#linked = true;
    if (!this.#closed) this.rollOver.begin(link);
    this.#settled.resolve(this.#state);
  }

  down({ message, retryInMs, expired }: LinkLoss): void {
    const { events, clock } = this.#options;
    // An attempt that fails like the one before is no news: the record of a provider that is away stays short.
    const news = this.#away !== message;
    this.#away = message;
    if (this.#linked) this.#gap = { sinceMs: clock.now(), reason: expired ? 'age' : 'lost' };
    this.#unlink(message);
    if (news) {
      events.emit('fact', { type: 'assistant:disconnected', data: { message, retryInMs } });
      if (!expired) events.emit('notice', 'error', `${message} The assistant will be back when it can.`);
    }
    this.refresh();
    this.#settled.resolve(this.#state);
  }

  /** Without a link, and without a word, until there is money. */
  rest(): void {
    const { keeper, pausedBecause } = this.#options;
    this.#unlink(pausedBecause());
    keeper.rest(pausedBecause());
    this.refresh();
  }

  /** Each answer reads, and pays for, all of the conversation: a long one is told anew in short. */
  weigh({ inputTextTokens, inputAudioTokens }: EventData<'usage:recorded'>['usage']): void {
    const { rollOverAfterTokens = ROLL_OVER_AFTER_TOKENS } = this.#options;
    if (inputTextTokens + inputAudioTokens >= rollOverAfterTokens) this.rollOver.lighten();
  }

  /** Tells people when the assistant does something else than before. */
  refresh(): void {
    if (this.#closed) return;
    const { events, simulated, pausedBecause } = this.#options;
    const phase = this.#phase();
    const why = phase === 'paused' ? pausedBecause() : this.#away;
    const message = phase === 'paused' || phase === 'unavailable' ? (why ?? null) : null;
    if (phase === this.#state.phase && message === this.#state.message) return;
    this.#state = { phase, simulated, message };
    events.emit('state', this.#state);
  }

  /** Nothing is told from now on, but what comes to its end. */
  mute(): void {
    this.#closed = true;
  }

  close(): void {
    this.mute();
    this.rollOver.stop();
    this.#options.keeper.close('The room has closed.');
    this.#settled.resolve(this.#state);
  }

  #handOver(next: RealtimeLink, reason: SeamReason): RealtimeLink | undefined {
    const { events, held, keeper, conversation } = this.#options;
    held.split();
    const old = keeper.replace(next);
    const replayed = conversation.handOver(next);
    events.emit('fact', { type: 'assistant:rolled-over', data: { reason, ...replayed, gapMs: 0 } });
    return old;
  }

  #unlink(message: string): void {
    this.#linked = false;
    this.#options.held.unlinked();
    this.rollOver.stop();
    this.#options.conversation.disconnect(message);
  }

  #phase(): AssistantState['phase'] {
    const { policy, conversation, keeper } = this.#options;
    if (policy.paused && !conversation.speaking) return 'paused';
    if (!keeper.link) return this.#away === undefined ? 'connecting' : 'unavailable';
    if (conversation.speaking) return 'speaking';
    return conversation.thinking ? 'thinking' : 'listening';
  }
}
