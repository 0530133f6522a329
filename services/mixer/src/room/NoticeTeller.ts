import type { Notice } from '@parley/contract';
import type { BargeIn } from './BargeIn.ts';
import type { ConversationOptions } from './conversationPorts.ts';
import type { History } from './History.ts';
import type { Ledger } from './Ledger.ts';
import { Notices } from './Notices.ts';
import type { ToolDesk } from './ports.ts';
import type { ResponseQueue } from './ResponseQueue.ts';
import type { Succession } from './Succession.ts';
import type { ToolCalls } from './ToolCalls.ts';
import { noticeText } from './toolWording.ts';
import type { Words } from './Words.ts';

/** The floor is free when nobody was heard for so long: shorter silences are pauses of whoever speaks. */
export const QUIET_MS = 700;

export interface NoticeTellerOptions extends Pick<
  ConversationOptions,
  'clock' | 'log' | 'timeline' | 'policy' | 'held'
> {
  desk: ToolDesk;
  history: History;
  queue: ResponseQueue;
  bargeIn: BargeIn;
  succession: Succession;
  calls: ToolCalls;
  words: Words;
  ledger: Ledger;
}

/** Has the model tell what became of jobs, when nobody speaks and nothing else is owed. */
export class NoticeTeller {
  readonly notices: Notices;
  readonly #options: NoticeTellerOptions;
  #heardAt = -Infinity;

  constructor(options: NoticeTellerOptions) {
    this.#options = options;
    this.notices = new Notices({
      ...options,
      floor: () => this.#floor(),
      put: (notices) => this.#put(notices),
      ask: (notices) => this.#ask(notices),
    });
  }

  /** Somebody in the room is speaking, to the assistant or not. */
  heardPeople(): void {
    this.#heardAt = this.#options.clock.now();
  }

  #floor(): 'free' | 'taken' | 'mute' {
    const { policy, succession, queue, calls } = this.#options;
    if (!policy.maySpeak) return policy.paused ? 'taken' : 'mute';
    const { turnOpen, answering, playing } = succession.moment;
    const owed = queue.busy || queue.wanted || answering || calls.any;
    const free = succession.legs.link && !turnOpen && !owed && !playing && this.#quiet;
    return free ? 'free' : 'taken';
  }

  get #quiet(): boolean {
    const { clock, timeline, held, bargeIn } = this.#options;
    if (held.busy || bargeIn.held) return false;
    return timeline.quietMs >= QUIET_MS && clock.now() - this.#heardAt >= QUIET_MS;
  }

  #put(notices: readonly Notice[]): void {
    const { history, succession } = this.#options;
    for (const notice of notices) {
      const item = { id: `item_${notice.id}`, role: 'system', text: noticeText(notice) } as const;
      if (!history.textOf(item.id)) history.put(item.id, item);
      succession.tell(item);
    }
  }

  #ask(notices: readonly Notice[]): void {
    const { words, ledger, queue } = this.#options;
    for (const { cause } of notices) {
      words.hand(cause);
      ledger.causes.add(cause.askers);
    }
    queue.request();
  }
}
