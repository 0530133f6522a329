import type { AnswerDecision } from '@parley/contract';
import type { SaidTurn } from './AnswerPolicy.ts';
import { BargeIn } from './BargeIn.ts';
import type { ConversationOptions, TypedText } from './conversationPorts.ts';
import { History } from './History.ts';
import { Ledger } from './Ledger.ts';
import { listenTo } from './listenTo.ts';
import type { RealtimeLink, ResponseDone } from './ports.ts';
import { recall } from './recall.ts';
import { RecentIds } from './RecentIds.ts';
import { type CompletedReply, Replies, type SaidReply } from './Replies.ts';
import { ResponseQueue } from './ResponseQueue.ts';
import { speakersOf } from './speakers.ts';
import { type Replayed, Succession } from './Succession.ts';
import { type ToolCall, ToolCalls } from './ToolCalls.ts';
import { type Turn, type TurnPlace, Turns } from './Turns.ts';
import {
  correction,
  newItemId,
  responseTrouble,
  speakerNote,
  spokenLine,
  typedLine,
  typingNote,
} from './wording.ts';

export type { TypedText } from './conversationPorts.ts';

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
  readonly #ledger: Ledger;
  readonly #succession: Succession;

  constructor(options: ConversationOptions) {
    this.#options = options;
    const { clock, timeline, tools, meter, model, fact } = options;
    recall(this.#history, options.past);
    this.#ledger = new Ledger(meter, model, (data) => fact({ type: 'usage:recorded', data }));
    this.#tools = new ToolCalls(tools);
    this.#queue = new ResponseQueue(clock, {
      create: () => {
        this.#ledger.causes.asked();
        this.#succession.ask();
      },
      cancel: (responseId) => {
        this.#replies.refuse(responseId);
        this.#succession.legs.asked?.cancelResponse(responseId);
      },
      stuck: () => {
        if (!this.#succession.blameOld()) options.stuck();
      },
    });
    this.#turns = new Turns(clock, {
      inputMs: () => timeline.inputMs,
      ready: (turn) => this.#turnReady(turn),
      decide: (turn) => this.#decide(turn),
      asked: (turn) => {
        this.#ledger.causes.add(this.#speakersOf(turn).speakers);
        this.bargeIn.answerDue();
        this.#queue.request();
      },
      completed: (turn) => this.#turnCompleted(turn),
      changed: () => this.#after(),
    });
    this.#replies = new Replies({
      said: (said) => this.#said(said),
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
    this.#succession = new Succession({
      clock,
      inputMs: () => timeline.inputMs,
      history: this.#history,
      turns: this.#turns,
      replies: this.#replies,
      queue: this.#queue,
      tools: this.#tools,
      listen: (leg) =>
        listenTo(leg, {
          inputMs: () => timeline.inputMs,
          isCurrent: (one) => one === this.#succession.legs.current,
          isHeard: (one) => this.#succession.legs.has(one),
          turns: this.#turns,
          queue: this.#queue,
          replies: this.#replies,
          bargeIn: this.bargeIn,
          held: options.held,
          delta: options.delta,
          raise: options.raise,
          toolCalled: (call, link) => this.#toolCalled(call, link),
          responseDone: (done) => this.#responseDone(done),
          after: () => this.#after(),
        }),
      wrote: (aside) => this.#ledger.wrote(aside),
      lost: () =>
        this.#raiseOwn('seam-lost', 'Some words were lost while the connection to the voice was renewed.'),
    });
  }

  /** How links follow each other; whoever changes something there calls it here. */
  get succession(): Pick<Succession, 'moment' | 'compact' | 'drained'> {
    return this.#succession;
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

  /** A link after none. `offsetMs`: input time at which its audio begins. */
  connect(link: RealtimeLink, offsetMs: number): Replayed {
    const replayed = this.#succession.connect(link, offsetMs);
    this.#after();
    return replayed;
  }

  handOver(link: RealtimeLink): Replayed {
    const replayed = this.#succession.handOver(link);
    this.#after();
    return replayed;
  }

  endDrain(): void {
    this.#succession.endDrain();
    this.#after();
  }

  disconnect(message: string): void {
    this.#succession.disconnect(message);
    this.bargeIn.answerDue();
    this.#after();
  }

  sendText({ id, participantId, name, text }: TypedText): void {
    if (!this.#texts.add(`${participantId}:${id}`)) return;
    const itemId = newItemId();
    this.#options.fact({ type: 'text:sent', data: { itemId, participantId, name, text } });
    this.#history.put(itemId, { role: 'user', text: typedLine(name, text) });
    this.#succession.tell({ id: newItemId(), role: 'system', text: typingNote(name) });
    this.#succession.tell({ id: itemId, role: 'user', text });
    this.#ledger.causes.add([{ participantId, name, share: 1 }]);
    this.#tools.heardPerson();
    if (this.#options.policy.maySpeak) this.#queue.request();
    this.#after();
  }

  sendToolOutput(callId: string, output: string): void {
    const call = this.#tools.closed(callId);
    if (!call) return;
    if (call.link === this.#succession.legs.link) call.link.sendToolOutput(callId, output);
    else {
      // The provider of today has never heard of the call.
      const line = {
        role: 'system',
        text: `The tool ${call.name}, called earlier, answers: ${output}`,
      } as const;
      const id = newItemId();
      this.#history.put(id, line);
      this.#succession.tell({ id, ...line });
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
    if (this.#turns.cut()) this.#succession.legs.link?.commitAudio();
    this.#after();
  }

  /** Whether somebody speaks may have changed. */
  update(): void {
    this.#after();
  }

  /** Cuts off whatever is being said. */
  close(): void {
    this.#succession.end();
    this.#turns.abandon('The session ended during this turn.');
    this.#replies.interrupt();
    this.#queue.goOffline(false);
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
      this.#succession.legs.ownerOf(itemId)?.truncate(itemId, contentIndex, playedMs);
    // Nobody has heard that answer: it is still owed, together with the one to what is being said now.
    if (unheard || wanted) this.#queue.request();
  }

  /** The model is told who it was right behind the words, whether or not it is asked to answer them. */
  #turnReady(turn: TurnPlace): void {
    const { speakers, overlap } = this.#speakersOf(turn);
    const text = speakerNote(speakers, overlap);
    const link = this.#succession.legs.ownerOf(turn.itemId);
    if (text) link?.createItem({ id: newItemId(), role: 'system', text, after: turn.itemId });
    this.#history.open(turn.itemId);
    this.#tools.heardPerson();
  }

  #decide(turn: TurnPlace & Omit<SaidTurn, 'voices'>): AnswerDecision | undefined {
    const voices = this.#speakersOf(turn).speakers.length;
    const { itemId, transcript } = turn;
    if (transcript.at === 'here') this.bargeIn.transcribed(itemId, transcript.text, voices);
    if (this.bargeIn.isAside(itemId)) return 'nothing-said';
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

  /** A link that was told a reply from hearsay is told what became of it, too. */
  #said({ itemId, text, settled }: SaidReply): void {
    const corrects = this.#history.textOf(itemId) !== text && this.#succession.legs.current?.wasTold(itemId);
    this.#history.put(itemId, { role: 'assistant', text }, settled);
    if (settled) this.#succession.catchUp();
    if (corrects) this.#succession.tell({ id: newItemId(), role: 'system', text: correction(text) });
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
    this.#ledger.answered(responseId, usage);
    if (!this.#options.policy.maySpeak) this.#queue.forget();
    const trouble = responseTrouble(status, error);
    if (trouble) this.#options.raise({ source: 'provider', ...trouble });
    this.#replies.done(responseId, status);
    this.#queue.done(responseId);
  }

  #raiseOwn(code: string, message: string): void {
    this.#options.raise({ source: 'mixer', code, message });
  }

  #after(): void {
    this.#succession.catchUp();
    this.#queue.hold(this.#turns.held || this.#options.held.busy || this.bargeIn.held);
    this.#options.changed();
  }
}
