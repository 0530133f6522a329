import type { ParticipantId, SessionId } from '@parley/contract';
import type { HubApi } from '../../support/HubApi.ts';
import { SignalingClient } from '../../support/SignalingClient.ts';
import type { DeviceRoom } from './DevicePeer.ts';

/** A room asked through a hub's socket, as the page asks. */
export class HubRoom implements DeviceRoom {
  readonly client: SignalingClient;
  readonly participantId: ParticipantId;
  routerRtpCapabilities: Record<string, unknown> = {};

  private constructor(client: SignalingClient, participantId: ParticipantId) {
    this.client = client;
    this.participantId = participantId;
  }

  /** A new participant with a socket, not joined yet. */
  static async connect(api: HubApi, session: SessionId, name: string): Promise<HubRoom> {
    const { participantId, token } = await api.addParticipant(session, name);
    return new HubRoom(await SignalingClient.connect(api.url, token), participantId);
  }

  /** Joins, or joins anew after a reset. */
  async join(): Promise<ParticipantId> {
    const { routerRtpCapabilities } = await this.client.join();
    this.routerRtpCapabilities = routerRtpCapabilities;
    return this.participantId;
  }

  readonly command: DeviceRoom['command'] = (_participant, name, body) =>
    this.client.ask(name, body) as ReturnType<DeviceRoom['command']> as never;
}
