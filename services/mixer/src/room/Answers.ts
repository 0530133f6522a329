import type { BargeIn } from './BargeIn.ts';
import type { ConversationOptions } from './conversationPorts.ts';
import type { History } from './History.ts';
import type { Ledger } from './Ledger.ts';
import type { Notices } from './Notices.ts';
import type { ResponseDone } from './ports.ts';
import { RecentIds } from './RecentIds.ts';
import { type CompletedReply, Replies, type SaidReply } from './Replies.ts';
import { ResponseQueue } from './ResponseQueue.ts';
import type { Succession } from './Succession.ts';
import { correction, newItemId, responseTrouble } from './wording.ts';
import type { Words } from './Words.ts';

export interface AnswersOptions extends Pick<
  ConversationOptions,
  'clock' | 'policy' | 'fact' | 'delta' | 'raise' | 'stuck' | 'changed'
> {
  history: History;
  ledger: Ledger;
  words: Words;
  succession: () => Succession;
  bargeIn: () => BargeIn;
  notices: () => Notices | undefined;
}

/** The assistant's answers: asked for one at a time, said, cut off, put on record with what they cost. */
export class Answers {
  readonly queue: ResponseQueue;
  readonly replies: Replies;
  readonly #options: AnswersOptions;
  readonly #done = new RecentIds(200);

  constructor(options: AnswersOptions) {
    this.#options = options;
    this.queue = new ResponseQueue(options.clock, {
      create: () => {
        options.ledger.causes.asked();
        options.words.ask();
        options.succession().ask();
      },
      cancel: (responseId) => {
        this.replies.refuse(responseId);
        options.succession().legs.asked?.cancelResponse(responseId);
      },
      stuck: () => {
        if (!options.succession().blameOld()) options.stuck();
      },
    });
    this.replies = new Replies({
      said: (said) => this.#said(said),
      resumed: ({ itemId, text }) => options.delta({ itemId, role: 'assistant', delta: text }),
      completed: (reply) => this.#completed(reply),
      overflowed: () => {
        const message = 'The reply is longer than 10 minutes. The rest of it is lost.';
        options.raise({ source: 'mixer', code: 'playout-full', message });
        this.queue.cancel();
      },
    });
  }

  /** A response was asked for and has not made a sound. */
  get unheard(): boolean {
    return this.queue.busy && !this.#sounding;
  }

  /** Something has come of the answer in flight, or may have. */
  update(): void {
    if (this.#sounding) this.#options.words.answered();
  }

  /** A cut that is final: the provider is told what was heard of its words, before anything is asked of it again. */
  interrupt(): void {
    const { unheard, queue } = this;
    const { wanted } = queue;
    queue.hold(true);
    queue.cancel();
    const parts = this.replies.interrupt((itemId) => this.#options.bargeIn().finalHeardMs(itemId));
    for (const { itemId, contentIndex, playedMs } of parts)
      this.#options.succession().legs.ownerOf(itemId)?.truncate(itemId, contentIndex, playedMs);
    // Nobody has heard that answer: it is still owed, together with the one to what is being said now.
    if (unheard || wanted) queue.request();
  }

  /** The provider has finished a response. */
  done({ responseId, status, error, usage }: ResponseDone): void {
    if (!this.#done.add(responseId)) return;
    const { ledger, policy, raise } = this.#options;
    ledger.answered(responseId, usage);
    if (this.queue.busy && status === 'completed') this.#answered(responseId);
    if (!policy.maySpeak) this.queue.forget();
    const trouble = responseTrouble(status, error);
    if (trouble) raise({ source: 'provider', ...trouble });
    this.replies.done(responseId, status);
    this.queue.done(responseId);
  }

  get #sounding(): boolean {
    return this.replies.hasAudio(this.queue.responseId);
  }

  #answered(responseId: string): void {
    this.#options.words.answered();
    if (!this.replies.hasAudio(responseId)) this.#options.notices()?.answered();
  }

  /** A link that was told a reply from hearsay is told what became of it, too. */
  #said({ itemId, text, settled }: SaidReply): void {
    const { history } = this.#options;
    const succession = this.#options.succession();
    const corrects = history.textOf(itemId) !== text && succession.legs.current?.wasTold(itemId);
    history.put(itemId, { role: 'assistant', text }, settled);
    if (settled) succession.catchUp();
    if (corrects) succession.tell({ id: newItemId(), role: 'system', text: correction(text) });
  }

  #completed(reply: CompletedReply): void {
    const { policy, clock, fact, changed, notices } = this.#options;
    notices()?.heard(reply.status === 'completed' ? Infinity : reply.heardMs);
    if (reply.heardMs > 0) policy.heardReply(clock.now());
    fact({ type: 'reply:completed', data: reply });
    changed();
  }
}
