import { EventEmitter } from 'node:events';
import {
  type AssistantState,
  type ConversationSettings,
  type ParticipantId,
  type Role,
} from '@parley/contract';
import { InputTimeline } from '../audio/InputTimeline.ts';
import { AnswerPolicy } from './AnswerPolicy.ts';
import type { AssistantEvents, AssistantFact } from './assistantEvents.ts';
import type { AssistantOptions } from './assistantOptions.ts';
import type { Overheard } from './BargeIn.ts';
import { Connection } from './Connection.ts';
import { Conversation } from './Conversation.ts';
import type { TypedText } from './conversationPorts.ts';
import { CostGuard } from './CostGuard.ts';
import type { CostView } from './CostMeter.ts';
import type { PlayoutReport } from './HeardPosition.ts';
import { HeldSpeech } from './HeldSpeech.ts';
import { LinkKeeper } from './LinkKeeper.ts';
import { Participation, toolsOf } from './Participation.ts';
import { Playout } from './Playout.ts';
import { PRICES } from './prices.ts';
import type { Moment } from './seam.ts';
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
  /** Those who have left, too. */
  readonly #roles = new Map<ParticipantId, Role>();
  readonly #policy: AnswerPolicy;
  readonly #held: HeldSpeech;
  readonly #keeper: LinkKeeper;
  readonly #conversation: Conversation;
  readonly #playout: Playout;
  readonly #participation: Participation;
  readonly #guard: CostGuard;
  readonly #connection: Connection;
  #closed = false;

  constructor(options: AssistantOptions) {
    this.#options = options;
    const { clock, log, settings, model, connect, desk, random = Math.random } = options;
    const tools = toolsOf(settings.conversation, desk !== undefined);
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
      near: () => this.#connection.rollOver.lighten(),
      rest: () => this.#connection.rest(),
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
      up: (link) => this.#connection.up(link),
      down: (loss) => this.#connection.down(loss),
      spare: () => this.#connection.rollOver.spare(),
    });
    this.#conversation = new Conversation({
      clock,
      log,
      model,
      desk,
      tools,
      policies: () => this.#participation.settings.tools,
      past: options.past ?? [],
      bargeIn: settings.conversation.bargeIn,
      timeline: this.#timeline,
      meter: this.#guard.meter,
      names: this.#names,
      roles: this.#roles,
      policy: this.#policy,
      held: this.#held,
      fact: (fact) => this.#record(fact),
      delta: (delta) => this.events.emit('delta', delta),
      raise: (trouble) => {
        log.warn({ source: trouble.source, code: trouble.code }, 'assistant trouble');
        troubles.raise(trouble);
      },
      stuck: () => this.#keeper.drop('The voice provider does not answer any more.'),
      changed: () => this.#connection.refresh(),
    });
    this.#playout = new Playout({
      clock,
      bargeIn: this.#conversation.bargeIn,
      queuedMs: () => this.#conversation.queuedMs,
      tell: (playout) => this.events.emit('playout', playout),
    });
    this.#connection = new Connection({
      ...options,
      events: this.events,
      timeline: this.#timeline,
      policy: this.#policy,
      held: this.#held,
      keeper: this.#keeper,
      conversation: this.#conversation,
      moment: () => this.moment,
      pausedBecause: () => this.#guard.words,
    });
    this.#participation = new Participation(settings.conversation, {
      hasDesk: desk !== undefined,
      policy: this.#policy,
      held: this.#held,
      guard: this.#guard,
      keeper: this.#keeper,
      conversation: this.#conversation,
      connection: this.#connection,
    });
    this.#held.configure(isByHolding(settings.conversation));
  }

  get state(): AssistantState {
    return this.#connection.state;
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

  /** What it has said and nobody has heard yet, ms. */
  get queuedMs(): number {
    return this.#conversation.queuedMs;
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
    return this.#connection.settled();
  }

  /**
   * One 20 ms frame of the mix, with the level in dBov of every voice in it. The frame is not kept. `urgent`: the provider
   * is to have it now, with what waits to be sent.
   */
  pushInput(
    frame: Int16Array,
    voices: ReadonlyMap<ParticipantId, number>,
    names: ReadonlyMap<ParticipantId, string>,
    urgent = false,
  ): void {
    if (this.#closed) return;
    this.#timeline.advance(voices);
    for (const id of voices.keys()) {
      const name = names.get(id);
      // Kept after the speaker has left: the transcript of the last words comes later.
      if (name !== undefined) this.#names.set(id, name);
    }
    this.#connection.push(frame, urgent);
  }

  /** The next 20 ms of the reply, valid until the next call, or undefined when there is none now. */
  pullOutput(): Int16Array | undefined {
    return this.#playout.pull();
  }

  /** Every 20 ms, before the output is pulled: whose real speech is to be heard in the room. */
  hear(overheard: Overheard): void {
    if (this.#closed) return;
    for (const id of overheard.found) this.#timeline.retract(id, ECHO_FOUND_WITHIN_MS);
    this.#conversation.hear(overheard);
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

  /** Who holds the talk button now. */
  hold(holders: readonly ParticipantId[]): void {
    if (!this.#closed) this.#held.hold(holders);
  }

  /** Somebody is in the room, with this role. */
  meet(id: ParticipantId, role: Role): void {
    this.#roles.set(id, role);
  }

  /** How many people are in the room who may speak. */
  setPeople(count: number): void {
    this.#policy.people = count;
  }

  /** Null: it may cost what it likes. A limit above what was spent wakes a paused assistant. */
  setCostLimit(usd: number | null): void {
    if (this.#closed) return;
    this.#guard.setLimit(usd);
    this.#connection.refresh();
  }

  /** Takes part like this from now on, on the link of this moment and on every later one. */
  configure(conversation: ConversationSettings): void {
    if (!this.#closed) this.#participation.configure(conversation);
  }

  /** Ends open turns and replies (their facts are emitted), then the link. Nothing is emitted afterwards. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.mute();
    this.#held.close();
    this.#conversation.close();
    this.#options.desk?.close();
    this.#guard.close();
    this.#connection.close();
  }

  #record(fact: AssistantFact): void {
    this.events.emit('fact', fact);
    if (fact.type === 'usage:recorded') this.#connection.weigh(fact.data.usage);
    if (fact.type !== 'reply:completed' || fact.data.status !== 'cancelled') return;
    // Where it was cut off; otherwise the last position told may be 200 ms short of it.
    const { itemId, heardMs } = fact.data;
    this.events.emit('playout', { itemId, playedMs: heardMs, queuedMs: 0 });
  }
}

const levelOf = (code: string) => (code === 'session_expired' ? 'info' : 'error');
