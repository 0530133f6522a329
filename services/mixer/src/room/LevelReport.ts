import { FRAME_MS, LEVELS_PER_SECOND, type ParticipantId, SILENCE_DBOV } from '@parley/contract';

const FRAMES_PER_REPORT = 1000 / LEVELS_PER_SECOND / FRAME_MS;

/** Quieter than this is nobody: no bar on a screen, no reason to wake a room. A quiet room is near -70, speech near -30. */
export const AUDIBLE_DBOV = -60;

export interface Levels {
  participants: Record<ParticipantId, number>;
  assistant: number;
}

/** Gathers the loudest level of each voice over 100 ms, and says nothing while nothing is audible. */
export class LevelReport {
  readonly #loudest = new Map<ParticipantId, number>();
  #assistant = SILENCE_DBOV;
  #frames = 0;
  #silentSaid = true;

  /** A level of the present frame. */
  participant(id: ParticipantId, dbov: number): void {
    if (dbov >= AUDIBLE_DBOV) this.#loudest.set(id, Math.max(dbov, this.#loudest.get(id) ?? SILENCE_DBOV));
  }

  assistant(dbov: number): void {
    this.#assistant = Math.max(this.#assistant, dbov);
  }

  /** True while the last message said that somebody is audible: the room must stay awake to take it back. */
  get owesSilence(): boolean {
    return !this.#silentSaid;
  }

  /** Ends the frame. Every fifth time something is or was audible, here is what to tell. */
  next(): Levels | undefined {
    this.#frames++;
    if (this.#frames < FRAMES_PER_REPORT) return undefined;
    this.#frames = 0;
    const silent = this.#loudest.size === 0 && this.#assistant < AUDIBLE_DBOV;
    if (silent && this.#silentSaid) return undefined;
    const levels = { participants: Object.fromEntries(this.#loudest), assistant: this.#assistant };
    this.#silentSaid = silent;
    this.#loudest.clear();
    this.#assistant = SILENCE_DBOV;
    return levels;
  }
}
