import { AddedRtpParticipant, type SessionId } from '@parley/contract';
import { asHubError, type HubApi } from '../../support/HubApi.ts';
import { RtpBot } from './RtpBot.ts';

/** One session and its bots. Owns both. */
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
        const bot = await RtpBot.open();
        bots.push(bot);
        const beganMs = performance.now();
        const json = { name: `Bot ${index + 1}`, ip: '127.0.0.1', port: bot.port };
        const path = `/api/sessions/${session.id}/rtp`;
        const response = await api.raw(path, { method: 'POST', json, token: ownerToken });
        if (!response.ok) throw await asHubError(response);
        const { participantId: _, ...address } = AddedRtpParticipant.parse(await response.json());
        joinMs.push(performance.now() - beganMs);
        bot.joined(address, index + 1);
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
