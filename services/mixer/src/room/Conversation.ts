import { Answers } from './Answers.ts';
import { BargeIn, type Overheard } from './BargeIn.ts';
import type { ConversationOptions, TypedText } from './conversationPorts.ts';
import { Errands } from './Errands.ts';
import { History } from './History.ts';
import { Ledger } from './Ledger.ts';
import { listenTo } from './listenTo.ts';
import { NoticeTeller } from './NoticeTeller.ts';
import type { RealtimeLink, ToolDefinition } from './ports.ts';
import { recall } from './recall.ts';
import { RecentIds } from './RecentIds.ts';
import { SpokenTurns } from './SpokenTurns.ts';
import { type Replayed, Succession } from './Succession.ts';
import { ToolCalls } from './ToolCalls.ts';
import { Turns } from './Turns.ts';
import { newItemId, typedLine, typingNote } from './wording.ts';
import { Words } from './Words.ts';

export type { TypedText } from './conversationPorts.ts';

/**
 * What is said in the room, by people and by the assistant, over one link after another: puts turns on record, asks
 * for answers, plays them out, cuts them off when somebody speaks.
 */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #answers: Answers;
  readonly #turns: Turns;
  readonly bargeIn: BargeIn;
  readonly #tools = new ToolCalls();
  readonly #words: Words;
  readonly #spoken: SpokenTurns;
  readonly #errands: Errands;
  readonly #news: NoticeTeller | undefined;
  readonly #history = new History();
  readonly #texts = new RecentIds(1_000);
  readonly #ledger: Ledger;
  readonly #succession: Succession;

  constructor(options: ConversationOptions) {
    this.#options = options;
    const { clock, timeline, meter, model, fact } = options;
    recall(this.#history, options.past);
    this.#ledger = new Ledger(meter, model, (data) => fact({ type: 'usage:recorded', data }));
    this.#tools.offer(options.tools);
    this.#words = new Words(options.roles);
    this.#answers = new Answers({
      ...options,
      history: this.#history,
      ledger: this.#ledger,
      words: this.#words,
      succession: () => this.#succession,
      bargeIn: () => this.bargeIn,
      notices: () => this.#news?.notices,
    });
    const { queue, replies } = this.#answers;
    this.#spoken = new SpokenTurns({
      ...options,
      words: this.#words,
      history: this.#history,
      bargeIn: () => this.bargeIn,
      replies: () => replies,
      succession: () => this.#succession,
      heardPerson: () => this.#tools.heardPerson(),
    });
    this.#turns = new Turns(clock, {
      inputMs: () => timeline.inputMs,
      ready: (turn) => this.#spoken.ready(turn),
      decide: (turn) => this.#spoken.decide(turn),
      asked: (turn) => {
        this.#ledger.causes.add(this.#spoken.asked(turn));
        this.bargeIn.answerDue();
        queue.request();
      },
      completed: (turn) => this.#spoken.completed(turn),
      changed: () => this.#after(),
    });
    this.bargeIn = new BargeIn({
      clock,
      settings: options.bargeIn,
      replies,
      awaited: () => this.#answers.unheard,
      turnOpen: () => this.#turns.held || options.held.busy,
      finish: () => this.#answers.interrupt(),
      changed: () => this.#after(),
    });
    this.#succession = new Succession({
      clock,
      inputMs: () => timeline.inputMs,
      history: this.#history,
      turns: this.#turns,
      replies,
      queue,
      tools: this.#tools,
      listen: (leg) =>
        listenTo(leg, {
          inputMs: () => timeline.inputMs,
          isCurrent: (one) => one === this.#succession.legs.current,
          isHeard: (one) => this.#succession.legs.has(one),
          turns: this.#turns,
          queue,
          replies,
          bargeIn: this.bargeIn,
          held: options.held,
          delta: options.delta,
          raise: options.raise,
          toolCalled: (call, link) => this.#errands.called(call, link),
          responseDone: (done) => this.#answers.done(done),
          after: () => this.#after(),
        }),
      wrote: (aside) => this.#ledger.wrote(aside),
      lost: () =>
        this.#raiseOwn('seam-lost', 'Some words were lost while the connection to the voice was renewed.'),
    });
    this.#errands = new Errands({
      ...options,
      calls: this.#tools,
      cause: () => this.#words.cause,
      link: () => this.#succession.legs.link,
      tell: (text) => this.#tellLater(text),
      answer: () => {
        this.#words.goOn();
        queue.request();
      },
      called: (data) => fact({ type: 'tool:called', data }),
      raise: (code, message) => this.#raiseOwn(code, message),
      changed: () => this.#after(),
    });
    if (options.desk)
      this.#news = new NoticeTeller({
        ...options,
        desk: options.desk,
        history: this.#history,
        queue,
        bargeIn: this.bargeIn,
        succession: this.#succession,
        calls: this.#tools,
        words: this.#words,
        ledger: this.#ledger,
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
    return this.#answers.queue.busy && !this.bargeIn.held;
  }

  get queuedMs(): number {
    return this.#answers.replies.queuedMs;
  }

  /** A link after none. `offsetMs`: input time at which its audio begins. */
  connect(link: RealtimeLink, offsetMs: number): Replayed {
    const replayed = this.#succession.connect(link, offsetMs);
    this.#news?.notices.read();
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
    const author = { participantId, name, share: 1 };
    this.#ledger.causes.add([author]);
    this.#words.typed(itemId, author, text);
    this.#tools.heardPerson();
    if (this.#options.policy.maySpeak) this.#answers.queue.request();
    this.#after();
  }

  /** What the model may call from now on. */
  offer(tools: readonly ToolDefinition[]): void {
    this.#tools.offer(tools);
  }

  /** Every 20 ms: who is to be heard in the room. */
  hear(overheard: Overheard): void {
    if (overheard.speaking.size > 0) this.#news?.heardPeople();
    this.bargeIn.hear(overheard);
  }

  /** Somebody takes the floor: whatever is being said is cut off, and what is owed waits. */
  interrupt(): void {
    this.bargeIn.stop();
    this.#after();
  }

  /** Not a word more, and nothing owed. */
  hush(): void {
    this.bargeIn.stop();
    this.#answers.queue.cancel();
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
    this.#news?.notices.close();
    this.#errands.close();
    this.#succession.end();
    this.#turns.abandon('The session ended during this turn.');
    this.#answers.replies.interrupt();
    this.#answers.queue.goOffline(false);
  }

  /** A note to the model, on this link and the next ones. */
  #tellLater(text: string): void {
    const item = { id: newItemId(), role: 'system', text } as const;
    this.#history.put(item.id, item);
    this.#succession.tell(item);
  }

  #raiseOwn(code: string, message: string): void {
    this.#options.raise({ source: 'mixer', code, message });
  }

  #after(): void {
    this.#succession.catchUp();
    this.#answers.update();
    this.#answers.queue.hold(this.#turns.held || this.#options.held.busy || this.bargeIn.held);
    this.#news?.notices.update();
    this.#options.changed();
  }
}
