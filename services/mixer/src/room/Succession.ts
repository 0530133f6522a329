import { FRAME_MS, FRAME_SAMPLES } from '@parley/contract';
import { askSummary } from './askSummary.ts';
import type { History, Replay } from './History.ts';
import type { Leg } from './Leg.ts';
import { Legs } from './Legs.ts';
import type { Aside, Clock, LinkItem, RealtimeLink } from './ports.ts';
import type { Replies } from './Replies.ts';
import type { ResponseQueue } from './ResponseQueue.ts';
import { LOOK_MS, type Moment } from './seam.ts';
import type { ToolCalls } from './ToolCalls.ts';
import type { Turns } from './Turns.ts';
import { newItemId, pendingCall } from './wording.ts';

/**
 * What an old link gets so that it finds the end of what it was hearing. As much as time goes by: the new link is to
 * tell of speech that goes on before the old one holds it to have ended.
 */
const SILENCE = new Int16Array((LOOK_MS / FRAME_MS) * FRAME_SAMPLES);

/** What a new link was told of the conversation before it. */
export type Replayed = Pick<Replay, 'replayed' | 'summarised'>;

export interface SuccessionOptions {
  clock: Clock;
  /** Audio that the room has sent so far, ms. */
  inputMs: () => number;
  history: History;
  turns: Turns;
  replies: Replies;
  queue: ResponseQueue;
  tools: ToolCalls;
  /** A new leg: what its link says is to be heard. */
  listen: (leg: Leg) => void;
  /** The model has written something aside; it costs. */
  wrote: (aside: Aside) => void;
  /** What the old link still owed was given up. */
  lost: () => void;
}

/**
 * How one link follows another in a conversation: the next one is told what was said, the old one finishes what it
 * began, and what it tells late reaches the next one too.
 */
export class Succession {
  readonly #options: SuccessionOptions;
  readonly #legs = new Legs();
  /** The link of now was not told yet of all that was said before it. */
  #behind = false;

  constructor(options: SuccessionOptions) {
    this.#options = options;
  }

  /** Which leg an item or an answer belongs to, while its link is listened to. */
  get legs(): Pick<Legs, 'current' | 'link' | 'asked' | 'has' | 'ownerOf'> {
    return this.#legs;
  }

  /** Where the conversation stands, for the choice of a seam. */
  get moment(): Omit<Moment, 'quietMs'> {
    const { turns, queue, replies } = this.#options;
    const playing = replies.audible || replies.queuedMs > 0;
    return { turnOpen: turns.any(), answering: queue.flying, playing };
  }

  /** A link after none: tells it what was said, then asks it for what is still wanted. */
  connect(link: RealtimeLink, offsetMs: number): Replayed {
    const replayed = this.#begin(this.#legs.begin(link, offsetMs));
    this.#options.queue.goOnline();
    return replayed;
  }

  /** From now on the room speaks to this link; the one of before finishes what it began. */
  handOver(link: RealtimeLink): Replayed {
    return this.#begin(this.#legs.handOver(link, this.#options.inputMs()));
  }

  /** The link is gone. Every open turn and reply comes to an honest end; what nobody heard is asked for again. */
  disconnect(message: string): void {
    const { queue, turns, replies } = this.#options;
    const { responseId } = queue;
    const unheard = !replies.hasAudio(responseId);
    this.#legs.end();
    turns.abandon(`The connection to the voice provider ended during this turn. ${message}`);
    replies.abandon(responseId);
    queue.goOffline(unheard);
  }

  /** Has what is old put down in short, by the link that knows it. Never rejects. */
  async compact(): Promise<void> {
    const { history, clock, wrote } = this.#options;
    const { older } = history;
    const { link } = this.#legs;
    if (!link || older.length === 0) return;
    const aside = await askSummary(link, clock);
    if (!aside) return;
    wrote(aside);
    if (aside.text.trim()) history.fold(older, aside.text);
  }

  /** The draining leg owes the answer in flight. */
  get #owesAnswer(): boolean {
    return this.#legs.drainingAsked && this.#options.queue.flying;
  }

  /** Called every LOOK_MS: helps the old link to its end; true when it owes nothing any more. */
  drained(): boolean {
    const old = this.#legs.draining;
    if (!old) return true;
    const { turns } = this.#options;
    const itsOwn = (itemId: string) => old.owns(itemId);
    if (turns.unfinished(itsOwn)) old.link.appendAudio(SILENCE);
    return !turns.any(itsOwn) && !this.#owesAnswer;
  }

  /** The old link is not listened to any more. What it still owes is lost, and said to be. */
  endDrain(): void {
    const { turns, replies, queue, lost } = this.#options;
    const owesAnswer = this.#owesAnswer;
    const old = this.#legs.endDrain();
    if (!old) return;
    const itsOwn = (itemId: string) => old.owns(itemId);
    const responseId = owesAnswer ? queue.responseId : undefined;
    const unheard = !replies.hasAudio(responseId);
    if (turns.any(itsOwn) || (owesAnswer && !unheard)) lost();
    turns.abandon('The connection to the voice provider was renewed during this turn.', itsOwn);
    replies.abandon(responseId, itsOwn);
    if (!owesAnswer) return;
    queue.goOffline(unheard);
    queue.goOnline();
  }

  /** The answer in flight does not come: ends the old link if that owes it. False when it is not its fault. */
  blameOld(): boolean {
    if (!this.#legs.drainingAsked) return false;
    this.endDrain();
    return true;
  }

  /** Something may have come to an end on the old link only now. */
  catchUp(): void {
    if (!this.#behind) return;
    this.#legs.current?.tell(this.#options.history.items(false));
    this.#behind = this.#legs.draining !== undefined || this.#options.history.unsettled;
  }

  /** An item of our own, for the link of now. */
  tell(item: LinkItem): void {
    this.#legs.current?.tell([item]);
  }

  /** Asks the link of now for an answer, knowing all there is to know. */
  ask(): void {
    if (this.#behind) this.#legs.current?.tell(this.#options.history.items(true));
    this.#legs.ask();
  }

  /** There is no link any more, and will not be one. */
  end(): void {
    this.#legs.end();
  }

  #begin(leg: Leg): Replayed {
    const { tools, history, listen } = this.#options;
    for (const { name, arguments: args } of tools.carryOver())
      history.put(newItemId(), { role: 'system', text: pendingCall(name, args) });
    const { items, ...counts } = history.replay(newItemId());
    leg.tell(items);
    this.#behind = true;
    listen(leg);
    this.catchUp();
    return counts;
  }
}
