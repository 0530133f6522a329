import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from '../../support/HubApi.ts';
import type { Bot, Joining } from './Bot.ts';
import { messageOf } from './messageOf.ts';
import { Pace } from './Pace.ts';
import type { Admission, Players, PlayersRecord, RoomPlan } from './Players.ts';
import { Talk } from './Talk.ts';
import type { EncodedVoice } from './voices.ts';

interface Played {
  plan: RoomPlan;
  bots: Bot[];
  talk: Talk;
}

/** Players in this very thread. Owns its bots. */
export class LocalPlayers implements Players {
  readonly #voices: readonly EncodedVoice[];
  readonly #joining: Joining;
  readonly #pace = new Pace();
  readonly #rooms: Played[] = [];
  #closed = false;

  constructor(voices: readonly EncodedVoice[], joining: Joining) {
    this.#voices = voices;
    this.#joining = joining;
  }

  async play(plan: RoomPlan): Promise<Admission> {
    const admission: Admission = { joinMs: [], refused: [], failed: [] };
    const bots = await (plan.arrivals ? this.#together(plan, admission) : this.#inTurn(plan, admission));
    if (bots.length === 0) return admission;
    const talk = new Talk(bots, this.#voices, plan.talkers, plan.fromMs);
    this.#rooms.push({ plan, bots, talk });
    if (this.#closed) await closeAll(bots);
    else this.#pace.add((nowMs) => talk.tick(nowMs));
    return admission;
  }

  restart(): Promise<void> {
    for (const { bots } of this.#rooms) for (const bot of bots) bot.restart();
    this.#pace.lateMs.length = 0;
    return Promise.resolve();
  }

  tell(): Promise<PlayersRecord> {
    const rooms = this.#rooms.map(({ plan: { sessionId }, bots, talk }) => ({
      sessionId,
      begun: talk.begun.map(({ atMs, bot }) => ({ atMs, bot })),
      ended: talk.ended,
      bots: bots.map(({ record }) => record),
    }));
    return Promise.resolve({ rooms, lateMs: this.#pace.lateMs });
  }

  /** The pace first: nothing is sent by a bot that is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#pace.close();
    await closeAll(this.#rooms.flatMap(({ bots }) => bots));
  }

  async #inTurn(plan: RoomPlan, admission: Admission): Promise<Bot[]> {
    const [bots, join] = [[] as Bot[], this.#joining(plan)];
    for (let index = 0; index < plan.participants && !this.#closed; index++) {
      const bot = await timed(() => join(index), performance.now(), admission);
      if (bot) {
        bots.push(bot);
        continue;
      }
      admission.joinMs.length = 0;
      await closeAll(bots);
      return [];
    }
    return bots;
  }

  async #together(plan: RoomPlan, admission: Admission): Promise<Bot[]> {
    const join = this.#joining(plan);
    const bots = (plan.arrivals ?? []).map(async (atMs, index) => {
      await delay(Math.max(0, atMs - performance.now()));
      return timed(() => join(index), atMs, admission);
    });
    return (await Promise.all(bots)).flatMap((bot) => bot ?? []);
  }
}

/** From when somebody came, not from when this thread had time: a slow answer is not to make the next question later. */
async function timed(
  join: () => Promise<Bot>,
  fromMs: number,
  { joinMs, refused, failed }: Admission,
): Promise<Bot | undefined> {
  try {
    const bot = await join();
    joinMs.push(performance.now() - fromMs);
    return bot;
  } catch (error) {
    (error instanceof HubError ? refused : failed).push(messageOf(error));
    return undefined;
  }
}

const closeAll = async (bots: readonly Bot[]): Promise<void> => {
  await Promise.all(bots.map(async (bot) => bot.close()));
};
