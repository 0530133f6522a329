import { FRAME_MS, type ParticipantId, SILENCE_DBOV } from '@parley/contract';

/** Another one must be louder by this much, for so long. */
const LOUDER_DB = 3;
const LOUDER_FOR_MS = 1_000;
/** Levels are smoothed over about 200 ms. */
const SMOOTHING = FRAME_MS / 200;
/** What is fainter says nothing about who is nearer. */
const AUDIBLE_DBOV = -50;

/** Which of several microphones in one room is the nearest to whoever speaks; changes its mind slowly. */
export class BestMicrophone {
  readonly #levels = new Map<ParticipantId, number>();
  #best: ParticipantId | undefined;
  #rival: ParticipantId | undefined;
  #louderMs = 0;

  get best(): ParticipantId | undefined {
    return this.#best;
  }

  /** One frame: the level (dBov) of each microphone that is there; silent ones count, muted ones are not there. */
  update(levels: ReadonlyMap<ParticipantId, number>): ParticipantId | undefined {
    for (const id of this.#levels.keys()) if (!levels.has(id)) this.#levels.delete(id);
    let loudest: ParticipantId | undefined;
    for (const [id, dbov] of levels) {
      const before = this.#levels.get(id) ?? SILENCE_DBOV;
      const now = Math.max(SILENCE_DBOV, dbov);
      // A voice is noticed at once and let go slowly, so that pauses between words do not count.
      const smooth = now > before ? now : before + (now - before) * SMOOTHING;
      this.#levels.set(id, smooth);
      if (loudest === undefined || smooth > this.#level(loudest)) loudest = id;
    }
    if (this.#best === undefined || !levels.has(this.#best)) this.#choose(loudest);
    else this.#compare(loudest, this.#best);
    return this.#best;
  }

  #compare(loudest: ParticipantId | undefined, best: ParticipantId): void {
    if (loudest === undefined || this.#level(loudest) < AUDIBLE_DBOV) return;
    if (loudest === best || this.#level(loudest) < this.#level(best) + LOUDER_DB) {
      this.#louderMs = 0;
      return;
    }
    if (this.#rival !== loudest) this.#louderMs = 0;
    this.#rival = loudest;
    this.#louderMs += FRAME_MS;
    if (this.#louderMs >= LOUDER_FOR_MS) this.#choose(loudest);
  }

  #choose(id: ParticipantId | undefined): void {
    this.#best = id;
    this.#rival = undefined;
    this.#louderMs = 0;
  }

  #level(id: ParticipantId): number {
    return this.#levels.get(id) ?? SILENCE_DBOV;
  }
}
