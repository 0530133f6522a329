import type { Notice, NoticeId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Clock, ToolDesk } from './ports.ts';
import { RecentIds } from './RecentIds.ts';

/** The floor is looked at again so often while there is something to tell. */
export const LOOK_MS = 250;
/** A result of which so much was heard was told, though somebody spoke into it. */
export const HEARD_MS = 1_000;
/** What could not be told in so many tries is on the screen. */
const MAX_TRIES = 3;
/** Results in one breath; more of them come in the next. */
export const MAX_AT_ONCE = 10;
const MAX_WAITING = 200;

export interface NoticesOptions {
  clock: Clock;
  log: Log;
  desk: Pick<ToolDesk, 'events' | 'notices' | 'told'>;
  /** `free`: the room is silent and nothing is owed · `mute`: the assistant may not speak, and is to know all the same. */
  floor: () => 'free' | 'taken' | 'mute';
  /** Puts them into the conversation; those that are in it stay as they are. */
  put: (notices: readonly Notice[]) => void;
  /** An answer is to be made of what was put in. */
  ask: (notices: readonly Notice[]) => void;
}

/**
 * What became of jobs, for the model to tell when the floor is free: all that waits, in one answer. Kept at the desk
 * until it was told, so that another room goes on with it; told once however often it is read.
 */
export class Notices {
  readonly #options: NoticesOptions;
  readonly #waiting = new Map<NoticeId, Notice>();
  readonly #told = new RecentIds(1_000);
  readonly #tries = new Map<NoticeId, number>();
  #telling: readonly Notice[] = [];
  #heard = false;
  #reading = false;
  #again = false;
  #busy = false;
  #undoLook: (() => void) | undefined;
  #closed = false;

  constructor(options: NoticesOptions) {
    this.#options = options;
    options.desk.events.on('news', () => this.read());
  }

  /** Something is to be told, or is being told. */
  get any(): boolean {
    return this.#waiting.size + this.#telling.length > 0;
  }

  /** Looks for what is new. */
  read(): void {
    if (this.#closed) return;
    this.#again = this.#reading;
    if (this.#reading) return;
    this.#reading = true;
    this.#readAll().catch((error: unknown) => this.#options.log.warn({ err: error }, 'notices not read'));
  }

  /** Of an answer so much was heard. */
  heard(ms: number): void {
    if (ms >= HEARD_MS) this.#heard = true;
  }

  /** An answer has come to its end, and there was nothing to hear of it but what it called. */
  answered(): void {
    this.#heard = true;
  }

  /** The floor may have changed hands. */
  update(): void {
    if (this.#closed || this.#busy || !this.any) return;
    this.#busy = true;
    this.#move();
    this.#busy = false;
    this.#watch();
  }

  close(): void {
    this.#closed = true;
    this.#undoLook?.();
  }

  #move(): void {
    const floor = this.#options.floor();
    if (floor === 'taken') return;
    this.#settle();
    const notices = [...this.#waiting.values()].slice(0, MAX_AT_ONCE);
    if (notices.length === 0) return;
    for (const { id } of notices) this.#waiting.delete(id);
    this.#options.put(notices);
    if (floor === 'mute') return this.#done(notices);
    this.#telling = notices;
    this.#heard = false;
    this.#options.ask(notices);
  }

  /** The floor is free again: whatever came of the answer has come. */
  #settle(): void {
    const notices = this.#telling;
    this.#telling = [];
    const [over, unheard] = this.#heard ? [notices, []] : [[], notices];
    for (const notice of unheard) {
      const tries = (this.#tries.get(notice.id) ?? 0) + 1;
      this.#tries.set(notice.id, tries);
      if (tries < MAX_TRIES) this.#waiting.set(notice.id, notice);
      else this.#done([notice]);
    }
    if (over.length > 0) this.#done(over);
  }

  #done(notices: readonly Notice[]): void {
    for (const { id } of notices) {
      this.#told.add(id);
      this.#tries.delete(id);
    }
    this.#forget(notices.map(({ id }) => id));
  }

  #forget(ids: readonly NoticeId[]): void {
    const { desk, log } = this.#options;
    desk.told(ids).catch((error: unknown) => log.warn({ err: error }, 'notices not taken away'));
  }

  async #readAll(): Promise<void> {
    try {
      const notices = await this.#options.desk.notices();
      if (this.#closed) return;
      const stale = notices.filter(({ id }) => this.#told.has(id)).map(({ id }) => id);
      if (stale.length > 0) this.#forget(stale);
      for (const notice of notices) this.#take(notice);
    } finally {
      this.#reading = false;
    }
    if (this.#again) this.read();
    this.update();
  }

  #take(notice: Notice): void {
    const known = this.#told.has(notice.id) || this.#telling.some(({ id }) => id === notice.id);
    if (!known && this.#waiting.size < MAX_WAITING) this.#waiting.set(notice.id, notice);
  }

  #watch(): void {
    if (this.#closed || !this.any || this.#undoLook) return;
    this.#undoLook = this.#options.clock.after(LOOK_MS, () => {
      this.#undoLook = undefined;
      this.update();
    });
  }
}
