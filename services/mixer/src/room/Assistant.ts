import { EventEmitter } from 'node:events';
import {
  FRAME_MS,
  type AssistantState,
  type ConversationSettings,
  type EventData,
  type ParticipantId,
} from '@parley/contract';
import { InputTimeline } from '../audio/InputTimeline.ts';
import { AnswerPolicy } from './AnswerPolicy.ts';
import type { AssistantEvents, AssistantFact } from './assistantEvents.ts';
import { type AssistantOptions, ROLL_OVER_AFTER_MS, ROLL_OVER_AFTER_TOKENS } from './assistantOptions.ts';
import { Backlog } from './Backlog.ts';
import type { Overheard } from './BargeIn.ts';
import { Conversation } from './Conversation.ts';
import type { TypedText } from './conversationPorts.ts';
import { CostGuard } from './CostGuard.ts';
import type { CostView } from './CostMeter.ts';
import type { PlayoutReport } from './HeardPosition.ts';
import { HeldSpeech } from './HeldSpeech.ts';
import { LinkKeeper, type LinkLoss } from './LinkKeeper.ts';
import { Playout } from './Playout.ts';
import type { RealtimeLink } from './ports.ts';
import { PRICES } from './prices.ts';
import { RollOver } from './RollOver.ts';
import type { Moment, SeamReason } from './seam.ts';
import { Troubles } from './Troubles.ts';
import { detectionOf, isByHolding } from './turnTaking.ts';
import { instructions } from './wording.ts';

export type { AssistantEvents, AssistantFact } from './assistantEvents.ts';
export type { AssistantOptions } from './assistantOptions.ts';

/** So long an echo may be taken for its microphone's owner before it is known as one. */
const ECHO_FOUND_WITHIN_MS = 1_000;

/**
 * The AI voice of one room. Owns its link (through the keeper), the timeline of what went in, and the conversation.
 * The room pushes its mix in and pulls the reply out, frame by frame.
 */
export class Assistant {
  readonly events = new EventEmitter<AssistantEvents>();
  readonly #options: AssistantOptions;
  readonly #timeline = new InputTimeline();
  readonly #names = new Map<ParticipantId, string>();
  readonly #policy: AnswerPolicy;
  readonly #held: HeldSpeech;
  readonly #keeper: LinkKeeper;
  readonly #conversation: Conversation;
  readonly #playout: Playout;
  readonly #rollOver: RollOver;
  readonly #guard: CostGuard;
  readonly #backlog = new Backlog();
  readonly #settled = Promise.withResolvers<AssistantState>();
  #settings: ConversationSettings;
  #state: AssistantState;
  /** Why there is no link; undefined while there is one, and before the first. */
  #away: string | undefined;
  #linked = false;
  /** A link was lost, and there is no other one yet. */
  #gap: { sinceMs: number; reason: SeamReason } | undefined;
  #closed = false;

  constructor(options: AssistantOptions) {
    this.#options = options;
    const { clock, log, settings, model, connect, tools = [], random = Math.random } = options;
    this.#state = { phase: 'connecting', simulated: options.simulated, message: null };
    this.#settings = settings.conversation;
    this.#policy = new AnswerPolicy(settings.agentName, settings.conversation);
    this.#held = new HeldSpeech(clock, {
      inputMs: () => this.#timeline.inputMs,
      begin: () => {
        this.#keeper.link?.clearAudio();
        this.#conversation.interrupt();
      },
      commit: () => this.#keeper.link?.commitAudio(),
      drop: () => this.#keeper.link?.clearAudio(),
      changed: () => this.#conversation.update(),
    });
    const troubles = new Troubles(clock, (trouble) => {
      this.events.emit('fact', { type: 'error:raised', data: trouble });
      this.events.emit('notice', levelOf(trouble.code), trouble.message);
    });
    this.#guard = new CostGuard({
      clock,
      model,
      prices: options.prices ?? PRICES,
      spentUsd: options.spentUsd ?? 0,
      limitUsd: settings.conversation.costLimitUsd,
      total: options.spending,
      policy: this.#policy,
      changed: () => this.events.emit('cost', this.cost),
      fact: (data) => this.events.emit('fact', { type: 'cost:limited', data }),
      notice: (...notice) => this.events.emit('notice', ...notice),
      near: () => this.#rollOver.lighten(),
      rest: () => this.#rest(),
      wake: () => this.#keeper.start(),
    });
    this.#keeper = new LinkKeeper({
      connect,
      settings: {
        instructions: instructions(settings),
        voice: settings.voice,
        tools,
        turnDetection: detectionOf(settings.conversation),
      },
      clock,
      log,
      random,
      up: (link) => this.#up(link),
      down: (loss) => this.#down(loss),
      spare: () => this.#rollOver.spare(),
    });
    this.#conversation = new Conversation({
      clock,
      model,
      tools,
      past: options.past ?? [],
      bargeIn: settings.conversation.bargeIn,
      timeline: this.#timeline,
      meter: this.#guard.meter,
      names: this.#names,
      policy: this.#policy,
      held: this.#held,
      fact: (fact) => this.#record(fact),
      delta: (delta) => this.events.emit('delta', delta),
      raise: (trouble) => {
        log.warn({ source: trouble.source, code: trouble.code }, 'assistant trouble');
        troubles.raise(trouble);
      },
      stuck: () => this.#keeper.drop('The voice provider does not answer any more.'),
      changed: () => this.#refresh(),
    });
    this.#playout = new Playout({
      clock,
      bargeIn: this.#conversation.bargeIn,
      queuedMs: () => this.#conversation.queuedMs,
      tell: (playout) => this.events.emit('playout', playout),
    });
    this.#held.configure(isByHolding(settings.conversation));
    this.#rollOver = this.#makeRollOver();
  }

  #makeRollOver(): RollOver {
    const { clock, log, rollOverAfterMs = ROLL_OVER_AFTER_MS } = this.#options;
    const { succession } = this.#conversation;
    return new RollOver({
      clock,
      log,
      afterMs: rollOverAfterMs,
      connect: (signal) => this.#keeper.second(signal),
      compact: async () => (this.#policy.paused ? undefined : succession.compact()),
      moment: () => this.moment,
      handOver: (next, reason) => this.#handOver(next, reason),
      drained: () => succession.drained(),
      endDrain: () => this.#conversation.endDrain(),
    });
  }

  get state(): AssistantState {
    return this.#state;
  }

  /** Milliseconds of audio pushed so far: the room's input clock, which turns are placed on. */
  get inputMs(): number {
    return this.#timeline.inputMs;
  }

  /** Where the conversation stands, for whoever wants to interrupt it at a good moment. */
  get moment(): Moment {
    const { quietMs } = this.#timeline;
    const { turnOpen, ...rest } = this.#conversation.succession.moment;
    return { quietMs, turnOpen: turnOpen || this.#held.busy, ...rest };
  }

  get hasOutput(): boolean {
    return this.#conversation.queuedMs > 0 || this.#conversation.bargeIn.held;
  }

  /** Whose voices are to be pushed in, all of the time; undefined: everybody's, around speech. */
  get admitted(): ReadonlySet<ParticipantId> | undefined {
    return this.#held.admitted;
  }

  get cost(): CostView {
    return this.#guard.meter.view;
  }

  start(): void {
    this.#guard.start();
    this.#keeper.start();
  }

  /** Resolves once the first attempt to connect has come to an end, good or bad, or the assistant was closed. */
  settled(): Promise<AssistantState> {
    return this.#settled.promise;
  }

  /** One 20 ms frame of the mix, with the level in dBov of every voice in it. The frame is not kept. */
  pushInput(
    frame: Int16Array,
    voices: ReadonlyMap<ParticipantId, number>,
    names: ReadonlyMap<ParticipantId, string>,
  ): void {
    if (this.#closed) return;
    this.#timeline.advance(voices);
    for (const id of voices.keys()) {
      const name = names.get(id);
      // Kept after the speaker has left: the transcript of the last words comes later.
      if (name !== undefined) this.#names.set(id, name);
    }
    const link = this.#keeper.link;
    if (link) link.appendAudio(frame);
    else this.#backlog.push(frame, this.#options.clock.now());
  }

  /** The next 20 ms of the reply, valid until the next call, or undefined when there is none now. */
  pullOutput(): Int16Array | undefined {
    return this.#playout.pull();
  }

  /** Every 20 ms, before the output is pulled: whose real speech is to be heard in the room. */
  hear(overheard: Overheard): void {
    if (this.#closed) return;
    for (const id of overheard.found) this.#timeline.retract(id, ECHO_FOUND_WITHIN_MS);
    this.#conversation.bargeIn.hear(overheard);
  }

  /** The frame that was pulled last went out to the devices with this RTP time. */
  sent(rtpTimestamp: number): void {
    this.#playout.sent(rtpTimestamp);
  }

  /** What a device says it is playing. */
  reported(device: ParticipantId, report: PlayoutReport): void {
    this.#conversation.bargeIn.heard.reported(device, report, this.#options.clock.now());
  }

  /** Typed text. Taken without a link too, and answered when there is one. */
  sendText(text: TypedText): void {
    if (!this.#closed) this.#conversation.sendText(text);
  }

  /** The answer to a `tool:called`; JSON or plain text for the model. Only the first one counts. */
  sendToolOutput(callId: string, output: string): void {
    if (!this.#closed) this.#conversation.sendToolOutput(callId, output);
  }

  /** Who holds the talk button now. */
  hold(holders: readonly ParticipantId[]): void {
    if (!this.#closed) this.#held.hold(holders);
  }

  /** How many people are in the room who may speak. */
  setPeople(count: number): void {
    this.#policy.people = count;
  }

  /** Null: it may cost what it likes. A limit above what was spent wakes a paused assistant. */
  setCostLimit(usd: number | null): void {
    if (this.#closed) return;
    this.#guard.setLimit(usd);
    this.#refresh();
  }

  /** Takes part like this from now on, on the link of this moment and on every later one. */
  configure(conversation: ConversationSettings): void {
    if (this.#closed) return;
    const before = detectionOf(this.#settings);
    const turnDetection = detectionOf(conversation);
    this.#settings = conversation;
    this.#policy.configure(conversation);
    const byHolding = isByHolding(conversation);
    if (!byHolding) this.#held.configure(false);
    if (JSON.stringify(turnDetection) !== JSON.stringify(before)) {
      // In the order in which they were said: what was begun under the former settings ends before the new ones begin.
      this.#conversation.cutTurn();
      this.#keeper.configure({ turnDetection });
    }
    // What was kept for the next link was not said into a button.
    if (byHolding && !this.#held.admitted) this.#backlog.forget();
    if (byHolding) this.#held.configure(true);
    if (!this.#policy.maySpeak) this.#conversation.hush();
    this.setCostLimit(conversation.costLimitUsd);
    this.#conversation.bargeIn.configure(conversation.bargeIn);
  }

  /** Ends open turns and replies (their facts are emitted), then the link. Nothing is emitted afterwards. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held.close();
    this.#conversation.close();
    this.#guard.close();
    this.#rollOver.stop();
    this.#keeper.close('The room has closed.');
    this.#settled.resolve(this.#state);
  }

  #record(fact: AssistantFact): void {
    this.events.emit('fact', fact);
    if (fact.type === 'usage:recorded') this.#weigh(fact.data.usage);
    if (fact.type !== 'reply:completed' || fact.data.status !== 'cancelled') return;
    // Where it was cut off; otherwise the last position told may be 200 ms short of it.
    const { itemId, heardMs } = fact.data;
    this.events.emit('playout', { itemId, playedMs: heardMs, queuedMs: 0 });
  }

  #up(link: RealtimeLink): void {
    const { provider, model, simulated } = this.#options;
    const wasAway = this.#away !== undefined;
    this.#away = undefined;
    const backlog = this.#backlog.take(this.#options.clock.now());
    this.events.emit('fact', { type: 'assistant:connected', data: { provider, model, simulated } });
    if (wasAway) this.events.emit('notice', 'info', 'The assistant is back.');
    const fromMs = this.#timeline.inputMs - backlog.length * FRAME_MS;
    const replayed = this.#conversation.connect(link, fromMs);
    for (const frame of backlog) link.appendAudio(frame);
    this.#held.linked(fromMs);
    if (this.#gap) {
      const { reason, sinceMs } = this.#gap;
      const gapMs = this.#options.clock.now() - sinceMs;
      this.events.emit('fact', { type: 'assistant:rolled-over', data: { reason, ...replayed, gapMs } });
    }
    this.#gap = undefined;
    this.#linked = true;
    if (!this.#closed) this.#rollOver.begin(link);
    this.#settled.resolve(this.#state);
  }

  #down({ message, retryInMs, expired }: LinkLoss): void {
    // An attempt that fails like the one before is no news: the record of a provider that is away stays short.
    const news = this.#away !== message;
    this.#away = message;
    this.#held.unlinked();
    if (this.#linked) this.#gap = { sinceMs: this.#options.clock.now(), reason: expired ? 'age' : 'lost' };
    this.#linked = false;
    this.#rollOver.stop();
    this.#conversation.disconnect(message);
    if (news) {
      this.events.emit('fact', { type: 'assistant:disconnected', data: { message, retryInMs } });
      if (!expired) this.events.emit('notice', 'error', `${message} The assistant will be back when it can.`);
    }
    this.#refresh();
    this.#settled.resolve(this.#state);
  }

  #handOver(next: RealtimeLink, reason: SeamReason): RealtimeLink | undefined {
    this.#held.split();
    const old = this.#keeper.replace(next);
    const replayed = this.#conversation.handOver(next);
    this.events.emit('fact', { type: 'assistant:rolled-over', data: { reason, ...replayed, gapMs: 0 } });
    return old;
  }

  /** Each answer reads, and pays for, all of the conversation: a long one is told anew in short. */
  #weigh({ inputTextTokens, inputAudioTokens }: EventData<'usage:recorded'>['usage']): void {
    const { rollOverAfterTokens = ROLL_OVER_AFTER_TOKENS } = this.#options;
    if (inputTextTokens + inputAudioTokens >= rollOverAfterTokens) this.#rollOver.lighten();
  }

  /** Without a link, and without a word, until there is money. */
  #rest(): void {
    this.#linked = false;
    this.#held.unlinked();
    this.#rollOver.stop();
    this.#conversation.disconnect(this.#guard.words);
    this.#keeper.rest(this.#guard.words);
    this.#refresh();
  }

  #refresh(): void {
    if (this.#closed) return;
    const phase = this.#phase();
    const why = phase === 'paused' ? this.#guard.words : this.#away;
    const message = phase === 'paused' || phase === 'unavailable' ? (why ?? null) : null;
    if (phase === this.#state.phase && message === this.#state.message) return;
    this.#state = { phase, simulated: this.#options.simulated, message };
    this.events.emit('state', this.#state);
  }

  #phase(): AssistantState['phase'] {
    if (this.#policy.paused && !this.#conversation.speaking) return 'paused';
    if (!this.#keeper.link) return this.#away === undefined ? 'connecting' : 'unavailable';
    if (this.#conversation.speaking) return 'speaking';
    return this.#conversation.thinking ? 'thinking' : 'listening';
  }
}

const levelOf = (code: string) => (code === 'session_expired' ? 'info' : 'error');
