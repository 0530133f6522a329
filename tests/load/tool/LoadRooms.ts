import type { SessionId } from '@parley/contract';
import { type HubApi, HubError } from '../../support/HubApi.ts';
import { messageOf } from './messageOf.ts';
import type { LoadOptions } from './options.ts';
import type { Admission, Players, RoomPlan } from './Players.ts';
import { placeMs } from './script.ts';

type Session = Pick<RoomPlan, 'sessionId' | 'ownerToken'>;

/** In a storm everybody comes within this time. */
export const STORM_MS = 5_000;
/** So many sessions are made at once before a storm. */
const AT_ONCE = 8;

/** The rooms of one run and what became of those who came. Owns the sessions, which end with it. */
export class LoadRooms {
  readonly joinMs: number[] = [];
  /** By the hub's words: rooms, in a storm those who came. */
  readonly refused: Record<string, number> = {};
  readonly errors: string[] = [];
  readonly #sessions: Session[] = [];
  readonly #api: HubApi;
  readonly #players: Players;
  readonly #options: LoadOptions;
  #open = 0;

  constructor(api: HubApi, players: Players, options: LoadOptions) {
    this.#api = api;
    this.#players = players;
    this.#options = options;
  }

  /** How many have somebody in them. */
  get open(): number {
    return this.#open;
  }

  get refusals(): number {
    return Object.values(this.refused).reduce((sum, count) => sum + count, 0);
  }

  /** One room, all in. Undefined when it was refused: then nothing is left of it. */
  async fill(index: number): Promise<SessionId | undefined> {
    const session = await this.#session(index);
    if (!session) return undefined;
    if (await this.#play(this.#plan(session, index))) return session.sessionId;
    await this.#end(session);
    return undefined;
  }

  /** Everybody at once, room by room, into sessions that were made before. */
  async storm(): Promise<void> {
    const { rooms, participants } = this.#options;
    const sessions: (Session | undefined)[] = [];
    for (let index = 0; index < rooms; index += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, rooms - index) }, (_, i) =>
        this.#session(index + i),
      );
      sessions.push(...(await Promise.all(some)));
    }
    const everyMs = STORM_MS / (rooms * participants);
    const beginMs = performance.now() + 200;
    const arriving = sessions.map(async (session, index) => {
      if (!session) return;
      const arrivals = Array.from(
        { length: participants },
        (_, person) => beginMs + (index * participants + person) * everyMs,
      );
      await this.#play({ ...this.#plan(session, index), arrivals });
    });
    await Promise.all(arriving);
  }

  async close(): Promise<void> {
    while (this.#sessions.length > 0)
      await Promise.all(this.#sessions.splice(-AT_ONCE).map((session) => this.#end(session)));
  }

  #plan(session: Session, index: number): RoomPlan {
    const { participants, talkers } = this.#options;
    return { ...session, participants, talkers, fromMs: placeMs(index) };
  }

  async #session(index: number): Promise<Session | undefined> {
    try {
      const { session, ownerToken } = await this.#api.createSession({ title: `Load ${index + 1}` });
      const made = { sessionId: session.id, ownerToken };
      this.#sessions.push(made);
      return made;
    } catch (error) {
      const refused = error instanceof HubError;
      this.#take({
        joinMs: [],
        refused: refused ? [error.message] : [],
        failed: refused ? [] : [messageOf(error)],
      });
      return undefined;
    }
  }

  async #play(plan: RoomPlan): Promise<boolean> {
    const admission = await this.#players
      .play(plan)
      .catch((error: unknown): Admission => ({ joinMs: [], refused: [], failed: [messageOf(error)] }));
    this.#take(admission);
    if (admission.joinMs.length === 0) return false;
    this.#open += 1;
    return true;
  }

  #take({ joinMs, refused, failed }: Admission): void {
    this.joinMs.push(...joinMs);
    this.errors.push(...failed);
    for (const words of refused) this.refused[words] = (this.refused[words] ?? 0) + 1;
  }

  async #end({ sessionId, ownerToken }: Session): Promise<void> {
    await this.#api.endSession(sessionId, ownerToken).catch(() => undefined); // it ends by itself when it is empty
  }
}
