import type { SessionId } from '@parley/contract';
import type { HubApi } from '../../support/HubApi.ts';
import { RtpBot } from './RtpBot.ts';

/** One session and its plain RTP bots, for whoever plays them by hand. Owns both. */
export class LoadRoom {
  readonly id: SessionId;
  readonly bots: readonly RtpBot[];
  /** How long the hub took to let each in; the first one opens the room. */
  readonly joinMs: readonly number[];
  readonly #api: HubApi;
  readonly #ownerToken: string;

  private constructor(
    api: HubApi,
    { id, ownerToken }: { id: SessionId; ownerToken: string },
    bots: readonly RtpBot[],
    joinMs: readonly number[],
  ) {
    this.#api = api;
    this.id = id;
    this.#ownerToken = ownerToken;
    this.bots = bots;
    this.joinMs = joinMs;
  }

  /** Rejects with the hub's error when it refuses the session or somebody in it; nothing stays then. */
  static async open(api: HubApi, name: string, participants: number): Promise<LoadRoom> {
    const { session, ownerToken } = await api.createSession({ title: name });
    const bots: RtpBot[] = [];
    const joinMs: number[] = [];
    const room = new LoadRoom(api, { id: session.id, ownerToken }, bots, joinMs);
    try {
      for (let index = 0; index < participants; index++) {
        const beganMs = performance.now();
        bots.push(await RtpBot.join(api, { sessionId: session.id, ownerToken }, index));
        joinMs.push(performance.now() - beganMs);
      }
      return room;
    } catch (error) {
      await room.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const bot of this.bots) bot.close();
    await this.#api.endSession(this.id, this.#ownerToken).catch(() => undefined);
  }
}
