import type { AnswerDecision, EventData, ParticipantId } from '@parley/contract';
import type { InputTimeline } from '../audio/InputTimeline.ts';
import type { AnswerPolicy, SaidTurn } from './AnswerPolicy.ts';
import type { AssistantEvents, AssistantFact } from './assistantEvents.ts';
import { BargeIn } from './BargeIn.ts';
import type { HeldSpeech } from './HeldSpeech.ts';
import { History } from './History.ts';
import type { Clock, LinkEvents, RealtimeLink, ResponseDone, ToolDefinition } from './ports.ts';
import { RecentIds } from './RecentIds.ts';
import { type CompletedReply, Replies } from './Replies.ts';
import { ResponseQueue } from './ResponseQueue.ts';
import { speakersOf } from './speakers.ts';
import type { BargeInSettings } from './Interruption.ts';
import { type ToolCall, ToolCalls } from './ToolCalls.ts';
import { type Turn, type TurnPlace, Turns } from './Turns.ts';
import { speakerNote, spokenLine, typedLine, typingNote } from './wording.ts';

/** What the provider says to a commit of too little audio: nothing was said, and that is no news. */
const COMMIT_EMPTY = 'input_audio_buffer_commit_empty';

export interface TypedText {
  /** The sender's; the same one of the same participant is taken once. */
  id: string;
  participantId: ParticipantId;
  name: string;
  text: string;
}

export interface ConversationOptions {
  clock: Clock;
  model: string;
  tools: readonly ToolDefinition[];
  bargeIn: BargeInSettings;
  timeline: InputTimeline;
  names: ReadonlyMap<ParticipantId, string>;
  policy: AnswerPolicy;
  held: Pick<HeldSpeech, 'busy' | 'confirmed'>;
  fact: (fact: AssistantFact) => void;
  delta: (...delta: AssistantEvents['delta']) => void;
  raise: (trouble: EventData<'error:raised'>) => void;
  /** The link is of no use any more. */
  stuck: () => void;
  /** Who is speaking or thinking may have changed. */
  changed: () => void;
}

/**
 * What is said in the room, by people and by the assistant, over one link after another: puts turns on record, asks
 * for answers, plays them out, cuts them off when somebody speaks.
 */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #queue: ResponseQueue;
  readonly #turns: Turns;
  readonly #replies: Replies;
  readonly bargeIn: BargeIn;
  readonly #tools: ToolCalls;
  readonly #history = new History();
  readonly #texts = new RecentIds(1_000);
  readonly #doneResponses = new RecentIds(200);
  #link: RealtimeLink | undefined;
  /** Input time at which the audio of this link begins. */
  #offsetMs = 0;

  constructor(options: ConversationOptions) {
    this.#options = options;
    const { clock, timeline, tools } = options;
    this.#tools = new ToolCalls(tools);
    this.#queue = new ResponseQueue(clock, {
      create: () => this.#link?.createResponse(),
      cancel: (responseId) => {
        this.#replies.refuse(responseId);
        this.#link?.cancelResponse(responseId);
      },
      stuck: options.stuck,
    });
    this.#turns = new Turns(clock, {
      inputMs: () => timeline.inputMs,
      ready: (turn) => this.#turnReady(turn),
      decide: (turn) => this.#decide(turn),
      asked: () => {
        this.bargeIn.answerDue();
        this.#queue.request();
      },
      completed: (turn) => this.#turnCompleted(turn),
      changed: () => this.#after(),
    });
    this.#replies = new Replies({
      said: ({ itemId, text }) => this.#history.put(itemId, { role: 'assistant', text }),
      resumed: ({ itemId, text }) => options.delta({ itemId, role: 'assistant', delta: text }),
      completed: (reply) => this.#replyCompleted(reply),
      overflowed: () => {
        this.#raiseOwn('playout-full', 'The reply is longer than 10 minutes. The rest of it is lost.');
        this.#queue.cancel();
      },
    });
    this.bargeIn = new BargeIn({
      clock,
      settings: options.bargeIn,
      replies: this.#replies,
      awaited: () => this.#unheard,
      turnOpen: () => this.#turns.held || options.held.busy,
      finish: () => this.#interrupt(),
      changed: () => this.#after(),
    });
  }

  get speaking(): boolean {
    return this.bargeIn.speaking;
  }

  get thinking(): boolean {
    return this.#queue.busy && !this.bargeIn.held;
  }

  get queuedMs(): number {
    return this.#replies.queuedMs;
  }

  /** A new link: tells it what was said, then asks it for what is still wanted. */
  connect(link: RealtimeLink, offsetMs: number): void {
    this.#link = link;
    this.#offsetMs = offsetMs;
    for (const line of this.#history.lines) link.createItem({ id: newItemId(), ...line });
    this.#listen(link);
    this.#queue.goOnline();
    this.#after();
  }

  /** The link is gone. Every open turn and reply comes to an honest end; what nobody heard is asked for again. */
  disconnect(message: string): void {
    this.#link = undefined;
    const responseId = this.#queue.responseId;
    const unheard = !this.#replies.hasAudio(responseId);
    this.#turns.abandon(`The connection to the voice provider ended during this turn. ${message}`);
    this.#replies.abandon(responseId);
    this.#queue.goOffline(unheard);
    this.bargeIn.answerDue();
    this.#after();
  }

  sendText({ id, participantId, name, text }: TypedText): void {
    if (!this.#texts.add(`${participantId}:${id}`)) return;
    const itemId = newItemId();
    this.#options.fact({ type: 'text:sent', data: { itemId, participantId, name, text } });
    this.#history.put(itemId, { role: 'user', text: typedLine(name, text) });
    this.#link?.createItem({ id: newItemId(), role: 'system', text: typingNote(name) });
    this.#link?.createItem({ id: itemId, role: 'user', text });
    this.#tools.heardPerson();
    if (this.#options.policy.maySpeak) this.#queue.request();
    this.#after();
  }

  sendToolOutput(callId: string, output: string): void {
    const call = this.#tools.closed(callId);
    if (!call) return;
    if (call.link === this.#link) this.#link.sendToolOutput(callId, output);
    else {
      // The provider of today has never heard of the call.
      const line = {
        role: 'system',
        text: `The tool ${call.name}, called earlier, answers: ${output}`,
      } as const;
      const id = newItemId();
      this.#history.put(id, line);
      this.#link?.createItem({ id, ...line });
    }
    if (!this.#options.policy.maySpeak) return this.#after();
    if (this.#tools.mayAnswer()) this.#queue.request();
    else this.#raiseOwn('tool-loop', 'The assistant only calls tools. Say something to go on.');
    this.#after();
  }

  /** Somebody takes the floor: whatever is being said is cut off, and what is owed waits. */
  interrupt(): void {
    this.bargeIn.stop();
    this.#after();
  }

  /** Not a word more, and nothing owed. */
  hush(): void {
    this.bargeIn.stop();
    this.#queue.cancel();
    this.#after();
  }

  /** Nobody at the provider listens for the end of speech any more: what was begun is a turn as it is. */
  cutTurn(): void {
    if (this.#turns.cut()) this.#link?.commitAudio();
    this.#after();
  }

  /** Whether somebody speaks may have changed. */
  update(): void {
    this.#after();
  }

  /** Cuts off whatever is being said. */
  close(): void {
    this.#link = undefined;
    this.#turns.abandon('The session ended during this turn.');
    this.#replies.interrupt();
    this.#queue.goOffline(false);
  }

  #listen(link: RealtimeLink): void {
    const on = <Name extends keyof LinkEvents>(name: Name, take: (...said: LinkEvents[Name]) => void) => {
      const listener = (...said: LinkEvents[Name]) => {
        if (this.#link !== link) return;
        take(...said);
        this.#after();
      };
      link.events.on(name, listener as never);
    };
    on('speechStarted', ({ itemId, atMs }) => {
      if (this.#turns.started(itemId, this.#toRoomMs(atMs))) this.bargeIn.turnStarted(itemId);
    });
    on('speechStopped', ({ itemId, atMs }) => this.#turns.stopped(itemId, this.#toRoomMs(atMs)));
    on('committed', ({ itemId }) => {
      const held = this.#turns.knows(itemId) ? undefined : this.#options.held.confirmed();
      this.#turns.committed(itemId, held);
    });
    on('transcriptDelta', ({ itemId, delta }) => {
      if (this.#turns.hears(itemId)) this.#options.delta({ itemId, role: 'user', delta });
    });
    on('transcriptCompleted', ({ itemId, text }) => {
      if (!this.#turns.hears(itemId)) return;
      this.bargeIn.transcribed(itemId, text);
      this.#turns.transcribed(itemId, text);
      this.bargeIn.turnOver();
    });
    on('transcriptFailed', ({ itemId, message }) => this.#turns.failed(itemId, message));
    on('responseCreated', ({ responseId }) => this.#queue.created(responseId));
    on('audioDelta', ({ responseId, itemId, contentIndex, pcm }) => {
      this.#queue.created(responseId);
      this.#replies.audio(responseId, itemId, contentIndex, pcm);
    });
    on('replyTranscriptDelta', ({ responseId, itemId, delta }) => {
      this.#queue.created(responseId);
      const recordId = this.#replies.textDelta(responseId, itemId, delta);
      if (recordId !== undefined) this.#options.delta({ itemId: recordId, role: 'assistant', delta });
    });
    on('replyTranscriptDone', ({ responseId, itemId, text }) =>
      this.#replies.textDone(responseId, itemId, text),
    );
    on('toolCalled', ({ responseId, ...call }) => {
      this.#queue.created(responseId);
      this.#toolCalled(call, link);
    });
    on('responseDone', (done) => this.#responseDone(done));
    on('rejected', ({ code, message, causedBy }) => {
      if (causedBy === 'commit') this.#options.held.confirmed();
      if (code === COMMIT_EMPTY || this.#queue.rejected(code, causedBy === 'response')) return;
      this.#options.raise({ source: 'provider', code, message: `The voice provider reports: ${message}` });
    });
  }

  /** A response was asked for and has not made a sound. */
  get #unheard(): boolean {
    return this.#queue.busy && !this.#replies.hasAudio(this.#queue.responseId);
  }

  /** A cut that is final: the provider is told what was heard of its words, before anything is asked of it again. */
  #interrupt(): void {
    const unheard = this.#unheard;
    const wanted = this.#queue.wanted;
    this.#queue.hold(true);
    this.#queue.cancel();
    const parts = this.#replies.interrupt((itemId) => this.bargeIn.finalHeardMs(itemId));
    for (const { itemId, contentIndex, playedMs } of parts)
      this.#link?.truncate(itemId, contentIndex, playedMs);
    // Nobody has heard that answer: it is still owed, together with the one to what is being said now.
    if (unheard || wanted) this.#queue.request();
  }

  /** The model is told who it was right behind the words, whether or not it is asked to answer them. */
  #turnReady(turn: TurnPlace): void {
    const { speakers, overlap } = this.#speakersOf(turn);
    const text = speakerNote(speakers, overlap);
    if (text) this.#link?.createItem({ id: newItemId(), role: 'system', text, after: turn.itemId });
    this.#history.open(turn.itemId);
    this.#tools.heardPerson();
  }

  #decide(turn: TurnPlace & Omit<SaidTurn, 'voices'>): AnswerDecision | undefined {
    if (this.bargeIn.isAside(turn.itemId)) return 'nothing-said';
    const voices = this.#speakersOf(turn).speakers.length;
    // A button that was held in silence: only words could tell that somebody spoke.
    if (turn.held && voices === 0 && turn.transcript.at !== 'here')
      return turn.transcript.at === 'waiting' ? undefined : 'nothing-said';
    return this.#options.policy.decide({ ...turn, voices }, this.#replies.audible);
  }

  #turnCompleted(turn: Turn): void {
    const { speakers, overlap } = this.#speakersOf(turn);
    this.#options.fact({ type: 'turn:completed', data: { ...turn, speakers, overlap } });
    const text = turn.text && spokenLine(speakers, turn.text);
    this.#history.put(turn.itemId, { role: 'user', text });
  }

  #speakersOf(turn: TurnPlace): ReturnType<typeof speakersOf> {
    return speakersOf(this.#options.timeline, this.#options.names, turn);
  }

  #replyCompleted(reply: CompletedReply): void {
    if (reply.heardMs > 0) this.#options.policy.heardReply(this.#options.clock.now());
    this.#options.fact({ type: 'reply:completed', data: reply });
    this.#options.changed();
  }

  #toolCalled(call: ToolCall, link: RealtimeLink): void {
    if (!this.#tools.opened(call, link)) return;
    this.#options.fact({ type: 'tool:called', data: call });
    const refusal = this.#tools.refusal(call.name);
    if (refusal) this.sendToolOutput(call.callId, refusal);
  }

  #responseDone({ responseId, status, error, usage }: ResponseDone): void {
    if (!this.#doneResponses.add(responseId)) return;
    const { fact, raise, model } = this.#options;
    if (usage)
      fact({ type: 'usage:recorded', data: { responseId, model, usage, costUsd: null, causedBy: [] } });
    if (status === 'failed') {
      const { code, message } = error ?? { code: 'response-failed', message: 'no reason given' };
      raise({ source: 'provider', code, message: `The assistant could not answer: ${message}` });
    } else if (status === 'incomplete') {
      const reason = error?.message ?? 'no reason given';
      raise({
        source: 'provider',
        code: 'response-incomplete',
        message: `The answer was cut short: ${reason}`,
      });
    }
    this.#replies.done(responseId, status);
    this.#queue.done(responseId);
  }

  #raiseOwn(code: string, message: string): void {
    this.#options.raise({ source: 'mixer', code, message });
  }

  /** The provider counts the audio of its link; never past what was sent. */
  #toRoomMs(atMs: number): number {
    return Math.min(this.#offsetMs + atMs, this.#options.timeline.inputMs);
  }

  #after(): void {
    this.#queue.hold(this.#turns.held || this.#options.held.busy || this.bargeIn.held);
    this.#options.changed();
  }
}

/** Unique beyond this process, within the provider's 32 characters. */
const newItemId = () => `item_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;
