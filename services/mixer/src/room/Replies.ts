import { SAMPLE_RATE, FRAME_MS, type EventData } from '@parley/contract';
import { type FlushedPart, PlayoutQueue } from '../audio/PlayoutQueue.ts';
import { splitHeard } from './heardText.ts';
import { RecentIds } from './RecentIds.ts';

type Status = EventData<'reply:completed'>['status'];
export type CompletedReply = EventData<'reply:completed'>;

/** Replies that may be unfinished at once; a sane provider has one, or two when text was typed meanwhile. */
const MAX_OPEN = 16;
/** Far above any reply; a provider that sends more has gone mad. */
const MAX_TEXT = 100_000;

interface Reply {
  itemId: string;
  responseId: string;
  text: string;
  textDone: boolean;
  samples: number;
  framesOut: number;
  /** What is on record already, when the reply goes on after an interruption that was none. */
  told: { recordId: string; resumes: string; ms: number; characters: number } | undefined;
  /** Set when no more audio comes; the reply is completed when the queue has let go of it. */
  outcome: Status | undefined;
  /** Its link is gone: the provider of today does not know the item. */
  foreign: boolean;
}

export interface SaidReply {
  itemId: string;
  text: string;
  /** It will not change any more. */
  settled: boolean;
}

export interface RepliesEffects {
  /** What goes into the history: what the provider has said, or will never say more of; later, what was heard of it. */
  said(reply: SaidReply): void;
  /** It goes on after an interruption that was none, on record as an item of its own; `text` is what is known of it. */
  resumed(part: { itemId: string; text: string }): void;
  /** Once for each reply: it has left the queue, or it was cut off. */
  completed(reply: CompletedReply): void;
  /** The queue is full; the rest of this reply is lost. Once for each reply. */
  overflowed(responseId: string): void;
}

const toMs = (samples: number) => Math.floor((samples * 1000) / SAMPLE_RATE);

/** 20 ms of a reply on their way out. */
export interface PlayedFrame {
  /** As it is on record, and how much of that has been played with this frame. */
  itemId: string;
  playedMs: number;
  frame: Int16Array;
  /** The provider's own item, and where in it this frame begins. */
  origin: { itemId: string; fromMs: number };
}

/** The replies that are being said: their words, their audio on its way out, and how each one ended. */
export class Replies {
  readonly #effects: RepliesEffects;
  readonly #queue = new PlayoutQueue();
  readonly #open = new Map<string, Reply>();
  /** Responses and items of which nothing more is taken. */
  readonly #over = new RecentIds(1_000);
  readonly #overflowed = new RecentIds(100);

  constructor(effects: RepliesEffects) {
    this.#effects = effects;
  }

  /** Some reply is being heard, or about to be. */
  get audible(): boolean {
    for (const reply of this.#open.values()) if (reply.samples > 0) return true;
    return false;
  }

  get queuedMs(): number {
    return this.#queue.queuedMs;
  }

  /** Some of what is on its way out has been played. */
  get begun(): boolean {
    for (const reply of this.#open.values()) if (reply.framesOut > 0) return true;
    return false;
  }

  /** Audio of this response has come in. */
  hasAudio(responseId: string | undefined): boolean {
    for (const reply of this.#open.values())
      if (reply.responseId === responseId && reply.samples > 0) return true;
    return false;
  }

  audio(responseId: string, itemId: string, contentIndex: number, pcm: Int16Array): void {
    const reply = this.#find(responseId, itemId);
    if (!reply || reply.outcome || pcm.length === 0) return;
    const refusedMs = this.#queue.refusedMs;
    if (this.#queue.push(itemId, contentIndex, pcm)) reply.samples += pcm.length;
    // Else the item has ended already, or the queue is full.
    else if (this.#queue.refusedMs > refusedMs && this.#overflowed.add(itemId))
      this.#effects.overflowed(responseId);
  }

  /** The item they are on record with; undefined when the words are not wanted (any more). */
  textDelta(responseId: string, itemId: string, delta: string): string | undefined {
    const reply = this.#find(responseId, itemId);
    if (!reply || reply.textDone || reply.text.length + delta.length > MAX_TEXT) return undefined;
    reply.text += delta;
    return recordIdOf(reply);
  }

  textDone(responseId: string, itemId: string, text: string): void {
    const reply = this.#find(responseId, itemId);
    if (!reply || reply.textDone) return;
    reply.textDone = true;
    reply.text = text.slice(0, MAX_TEXT);
  }

  /** The provider has finished the response, well or badly. What is queued of it is still played. */
  done(responseId: string, status: Status): void {
    if (!this.#over.add(responseId)) return;
    const replies = [...this.#open.values()].filter((reply) => reply.responseId === responseId);
    for (const reply of replies) this.#finishSaying(reply, status);
    if (replies.length === 0 && status === 'failed')
      this.#effects.completed({
        itemId: responseId,
        responseId,
        text: '',
        status,
        audioMs: 0,
        heardMs: 0,
        heardText: null,
        resumes: null,
      });
  }

  /** Nothing of this response is wanted any more. */
  refuse(responseId: string): void {
    this.#over.add(responseId);
  }

  /**
   * Cuts off everything at once. Returns where, for those items that the provider knows. `heard` says how much of an item
   * the ears got, ms; without it that is what left the queue.
   */
  interrupt(heard: (itemId: string) => number | undefined = () => undefined): FlushedPart[] {
    const parts = this.#queue.flush();
    const replies = [...this.#open.values()];
    const unheardMs = new Map<string, number>();
    for (const reply of replies) {
      this.#over.add(reply.responseId);
      reply.outcome = 'cancelled';
      const playedMs = heardMs(reply);
      const reachedMs = Math.min(playedMs, heard(reply.itemId) ?? playedMs);
      unheardMs.set(reply.itemId, playedMs - reachedMs);
      this.#complete(reply, reachedMs);
    }
    const foreign = new Set(replies.filter((reply) => reply.foreign).map(({ itemId }) => itemId));
    return parts
      .filter(({ itemId }) => !foreign.has(itemId))
      .map((part) => ({
        ...part,
        playedMs: Math.max(0, part.playedMs - (unheardMs.get(part.itemId) ?? 0)),
      }));
  }

  /** It was silent for a while, and goes on: what was heard before is on record, the rest will be with an ID of its own. */
  resume(): void {
    for (const reply of this.#open.values()) {
      const untilMs = heardMs(reply);
      const fromMs = reply.told?.ms ?? 0;
      if (untilMs <= fromMs || untilMs >= toMs(reply.samples)) continue;
      const { heard, rest } = splitHeard(restOf(reply), (untilMs - fromMs) / (toMs(reply.samples) - fromMs));
      const recordId = recordIdOf(reply);
      const ms = untilMs - fromMs;
      this.#effects.completed({
        ...this.#record(reply),
        text: heard,
        status: 'cancelled',
        audioMs: ms,
        heardMs: ms,
        heardText: heard,
      });
      reply.told = {
        recordId: `${reply.itemId}+${untilMs}`,
        resumes: recordId,
        ms: untilMs,
        characters: reply.text.length - rest.length,
      };
      this.#effects.resumed({ itemId: reply.told.recordId, text: rest });
    }
  }

  /** The link is gone. What is queued is still played; what was not said to the end is incomplete. */
  abandon(responseId: string | undefined, of: (itemId: string) => boolean = () => true): void {
    for (const reply of this.#open.values()) {
      if (!of(reply.itemId)) continue;
      reply.foreign = true;
      if (!reply.outcome) this.#finishSaying(reply, reply.samples > 0 ? 'incomplete' : 'failed');
    }
    if (responseId !== undefined) this.done(responseId, 'failed');
  }

  /** The next 20 ms, valid until the next pull. A reply that has left the queue with it is completed at once. */
  pull(): PlayedFrame | undefined {
    const out = this.#queue.pull();
    if (!out) {
      this.#completeLeft();
      return undefined;
    }
    const { itemId, frame } = out;
    const reply = this.#open.get(itemId);
    const fromMs = (reply?.framesOut ?? 0) * FRAME_MS;
    if (reply) reply.framesOut += 1;
    const playedMs = reply ? heardMs(reply) - (reply.told?.ms ?? 0) : 0;
    const recordId = reply ? recordIdOf(reply) : itemId;
    this.#completeLeft();
    return { itemId: recordId, playedMs, frame, origin: { itemId, fromMs } };
  }

  /** A reply that was pulled dry while it was being said and has ended since. */
  #completeLeft(): void {
    for (const reply of this.#open.values())
      if (reply.outcome && !this.#queue.has(reply.itemId)) this.#complete(reply);
  }

  #find(responseId: string, itemId: string): Reply | undefined {
    const found = this.#open.get(itemId);
    if (found) return found.responseId === responseId ? found : undefined;
    if (this.#over.has(responseId) || this.#over.has(itemId) || this.#open.size >= MAX_OPEN) return undefined;
    const reply: Reply = {
      itemId,
      responseId,
      text: '',
      textDone: false,
      samples: 0,
      framesOut: 0,
      told: undefined,
      outcome: undefined,
      foreign: false,
    };
    this.#open.set(itemId, reply);
    return reply;
  }

  #finishSaying(reply: Reply, status: Status): void {
    this.#over.add(reply.responseId);
    reply.outcome = status;
    reply.textDone = true;
    this.#effects.said({ itemId: reply.itemId, text: reply.text, settled: false });
    this.#queue.end(reply.itemId);
    if (!this.#queue.has(reply.itemId)) this.#complete(reply);
  }

  /** `reachedMs`: how much of the item was heard, when it was cut. */
  #complete(reply: Reply, reachedMs?: number): void {
    this.#open.delete(reply.itemId);
    this.#over.add(reply.itemId);
    const fromMs = reply.told?.ms ?? 0;
    const audioMs = Math.max(0, toMs(reply.samples) - fromMs);
    const cutMs = reachedMs === undefined ? undefined : Math.max(0, reachedMs - fromMs);
    const { heard } = splitHeard(restOf(reply), audioMs === 0 ? 0 : (cutMs ?? audioMs) / audioMs);
    this.#effects.completed({
      ...this.#record(reply),
      text: restOf(reply),
      status: reply.outcome ?? 'failed',
      audioMs,
      heardMs: cutMs ?? heardMs(reply) - fromMs,
      heardText: cutMs === undefined ? null : heard,
    });
    const text = cutMs === undefined ? reply.text : reply.text.slice(0, reply.told?.characters ?? 0) + heard;
    const whole = text === reply.text || !text;
    this.#effects.said({ itemId: reply.itemId, text: whole ? text : `${text} …`, settled: true });
  }

  #record(reply: Reply): Pick<CompletedReply, 'itemId' | 'responseId' | 'resumes'> {
    return {
      itemId: recordIdOf(reply),
      responseId: reply.responseId,
      resumes: reply.told?.resumes ?? null,
    };
  }
}

/** What left the queue; the padding of the last frame is not counted. */
function heardMs({ framesOut, samples }: Reply): number {
  return Math.min(framesOut * FRAME_MS, toMs(samples));
}

const recordIdOf = ({ itemId, told }: Reply) => told?.recordId ?? itemId;
/** The words that are not on record yet. */
const restOf = ({ text, told }: Reply) => text.slice(told?.characters ?? 0);
