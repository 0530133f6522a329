import type { MediaCommand, ParticipantId, SignalingReply } from '@parley/contract';
import { DevicePeer } from '../media/support/DevicePeer.ts';
import type { ReceivedPacket } from '../support/peers/Listener.ts';
import type { SignalingClient } from '../support/SignalingClient.ts';
import { until } from '../support/until.ts';
import { SteadySocket } from './SteadySocket.ts';

type Room = Parameters<typeof DevicePeer.join>[0];

export interface FaultDeviceOptions {
  urls: readonly string[];
  token: string;
  participantId: ParticipantId;
  says: Int16Array;
  /** Whom it listens to, if anybody. */
  hears?: FaultDevice;
  /** Changes answers of the mixer on their way, say to put something between. */
  through?: (command: MediaCommand, answer: unknown) => unknown;
}

/**
 * A page without a browser that heals itself as the page does: it joins again when its socket was lost, keeps its media
 * if the room still knows them, and makes new ones if not, or when the room was reset.
 */
export class FaultDevice {
  readonly #options: FaultDeviceOptions;
  readonly #peers: DevicePeer[] = [];
  #socket: SteadySocket | undefined;
  #consumerId: string | undefined;
  #heardProducer = '';
  #rebuilding: Promise<void> = Promise.resolve();
  readonly #followers = new Set<() => void>();
  #closed = false;
  /** How often its media were made. */
  built = 0;

  private constructor(options: FaultDeviceOptions) {
    this.#options = options;
  }

  static async join(options: FaultDeviceOptions): Promise<FaultDevice> {
    const device = new FaultDevice(options);
    const { urls, token } = options;
    device.#socket = await SteadySocket.open({
      urls,
      token,
      standing: () => device.#peers.length > 0,
      onJoined: (client, reply, reset) => device.#joined(client, reply, reset),
    });
    if (options.hears) options.hears.#followers.add(() => void device.#follow());
    return device;
  }

  get producerId(): string {
    return this.#peers.at(-1)?.producerId ?? '';
  }

  get absencesMs(): readonly number[] {
    return this.#socket?.absencesMs ?? [];
  }

  /** Every packet that it heard, over all its connections. */
  get frames(): ReceivedPacket[] {
    return this.#peers.flatMap(({ listener }) => listener.frames);
  }

  /** Forgets what was heard until now. */
  restart(): void {
    for (const { listener } of this.#peers) listener.restart();
  }

  /** What its present connection recorded. */
  heard(): Int16Array {
    return this.#peers.at(-1)?.listener.heard() ?? new Int16Array();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#socket?.close();
    await this.#rebuilding.catch(() => undefined);
    await this.#peers.at(-1)?.close();
  }

  async #joined(
    client: SignalingClient,
    reply: SignalingReply<'session:join'>,
    reset: boolean,
  ): Promise<void> {
    if (!reset && this.#peers.length > 0) {
      // Joined with `resume`: what the room has forgotten is made anew by joining without.
      if (!(await this.#stillThere(client))) this.#socket?.rejoin();
      return;
    }
    this.#rebuilding = this.#rebuild(client, reply);
    await this.#rebuilding;
  }

  /** Whom it hears speaks over new media. */
  async #follow(): Promise<void> {
    await this.#rebuilding.catch(() => undefined);
    if (this.#heardProducer !== this.#options.hears?.producerId) this.#socket?.rejoin();
  }

  /** As the page asks: resuming what already flows changes nothing, and is refused when the room knows it no more. */
  async #stillThere(client: SignalingClient): Promise<boolean> {
    const transportId = this.#peers.at(-1)?.sendTransportId;
    if (!transportId) return false;
    const { hears } = this.#options;
    if (hears && hears.producerId !== this.#heardProducer) return false;
    const consumerId = this.#consumerId;
    const ack = consumerId
      ? await client.send('media:resume', { consumerId })
      : await client.send('transport:restart-ice', { transportId });
    return ack.ok;
  }

  async #rebuild(client: SignalingClient, reply: SignalingReply<'session:join'>): Promise<void> {
    const former = this.#peers.at(-1);
    this.#consumerId = undefined;
    const { participantId, says, hears, through } = this.#options;
    const room: Room = {
      routerRtpCapabilities: reply.routerRtpCapabilities,
      join: () => Promise.resolve(participantId),
      command: async (_participant, name, body) => {
        const answer = await client.ask(name, body, 5_000);
        if (name === 'media:consume') this.#consumerId = (answer as { id: string }).id;
        return (through ? through(name, answer) : answer) as never;
      },
    };
    const peer = await DevicePeer.join(room, 'device', { id: participantId });
    if (this.#closed) return peer.close();
    this.built += 1;
    this.#peers.push(peer);
    peer.speaker.say(says);
    // Ends here: its frames are kept, what it would still receive is nothing.
    await former?.close();
    for (const follower of this.#followers) follower();
    if (!hears) return;
    await until('somebody to hear', async () => {
      const { producerId } = hears;
      await peer.hear(producerId);
      this.#heardProducer = producerId;
      return true;
    });
  }
}
