import {
  DATA_CHANNEL_LABEL,
  DownwardMessage,
  type ParticipantId,
  PROTOCOL_VERSION,
  type SourceView,
} from '@parley/contract';
import type { HubApi } from '../../../support/HubApi.ts';
import { SignalingClient } from '../../../support/SignalingClient.ts';
import type { Bot, Joining } from '../Bot.ts';
import type { BotRecord, RoomPlan, Who } from '../Players.ts';
import { Reception } from '../Reception.ts';
import { Line } from './Line.ts';
import { microphoneParameters, MicrophoneStream } from './MicrophoneStream.ts';

/** Longer than any DTX packet of Opus (RFC 6716 section 3.1: nothing but the first byte, perhaps two). */
const SILENT_BYTES = 2;
const UPWARD_STREAM = 0;

/** Everybody of a room by their place in it. */
type Places = Map<ParticipantId, number>;
type RoomState = Extract<DownwardMessage, { type: 'room:state' }>;

/** A browser's part without a browser: the page's own commands by socket.io, and a WebRTC transport each way. */
export class WebRtcBot implements Bot {
  readonly #me: ParticipantId;
  readonly #client: SignalingClient;
  readonly #capabilities: Record<string, unknown>;
  readonly #places: Places;
  readonly #microphone: MicrophoneStream;
  #up: Line | undefined;
  #down: Line | undefined;
  /** By producer: those that are heard, or about to be. */
  readonly #heard = new Map<string, { who: Who; reception: Reception }>();
  readonly #bySsrc = new Map<number, Reception>();
  readonly #troubles: string[] = [];
  #closed = false;

  private constructor(
    me: ParticipantId,
    client: SignalingClient,
    capabilities: Record<string, unknown>,
    places: Places,
  ) {
    this.#me = me;
    this.#client = client;
    this.#capabilities = capabilities;
    this.#places = places;
    this.#microphone = new MicrophoneStream((places.get(me) ?? 0) + 1);
    client.socket.on('disconnect', (why: string) => this.#trouble(`socket: ${why}`));
    client.socket.on('room:reset', () => this.#trouble('the room was reset'));
  }

  /** The bots of one room know each other: whose stream is whose is told by participant. */
  static readonly joining =
    (api: HubApi): Joining =>
    (plan) => {
      const places: Places = new Map();
      return (index) => WebRtcBot.#join(api, plan, places, index);
    };

  static async #join(api: HubApi, { sessionId }: RoomPlan, places: Places, index: number) {
    const { participantId, token } = await api.addParticipant(sessionId, `Bot ${index + 1}`);
    places.set(participantId, index);
    const client = await SignalingClient.connect(api.url, token);
    let bot: WebRtcBot | undefined;
    try {
      const { routerRtpCapabilities } = await client.join();
      bot = new WebRtcBot(participantId, client, routerRtpCapabilities, places);
      await bot.#open();
      return bot;
    } catch (error) {
      await bot?.close();
      client.close();
      throw error;
    }
  }

  get record(): BotRecord {
    const heard = [...this.#heard.values()];
    return {
      received: heard.map(({ reception }) => reception.received),
      beginnings: heard.map(({ who, reception }) => ({ who, atMs: reception.beginnings })),
      troubles: this.#troubles,
    };
  }

  send(payload: Uint8Array, skippedFrames: number, dbov: number): void {
    if (!this.#closed) this.#up?.send(payload, this.#microphone.next(dbov, skippedFrames));
  }

  restart(): void {
    for (const { reception } of this.#heard.values()) reception.restart();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#client.close();
    await Promise.all([this.#up?.close(), this.#down?.close()]);
  }

  /** Resolves once it is heard, has its data channels, and knows who is there; those it hears from then on. */
  async #open(): Promise<void> {
    const [up, down] = await Promise.all([this.#openLine('send'), this.#openLine('recv')]);
    this.#up = up;
    this.#down = down;
    down.onRtp(({ header: { ssrc, sequenceNumber, marker }, payload }) =>
      this.#bySsrc.get(ssrc)?.take(sequenceNumber, marker, performance.now(), payload.length <= SILENT_BYTES),
    );
    const [downward] = await Promise.all([
      this.#client.ask('data:consume', { transportId: down.id }),
      this.#client.ask('media:produce', {
        transportId: up.id,
        rtpParameters: microphoneParameters(this.#microphone.ssrc),
      }),
      this.#client.ask('data:produce', {
        transportId: up.id,
        sctpStreamParameters: { streamId: UPWARD_STREAM, ordered: true },
        label: DATA_CHANNEL_LABEL,
        protocol: '',
      }),
    ]);
    const { streamId } = downward.sctpStreamParameters as { streamId: number };
    const [saying, hearing] = await Promise.all([
      up.channel(DATA_CHANNEL_LABEL, UPWARD_STREAM),
      down.channel(downward.label, streamId),
    ]);
    const { promise: known, resolve } = Promise.withResolvers<void>();
    hearing.onMessage.subscribe((message) => {
      const said = DownwardMessage.safeParse(JSON.parse(message.toString()));
      if (said.data?.type !== 'room:state') return;
      resolve();
      this.#follow(said.data);
    });
    saying.send(JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION }));
    await known;
  }

  async #openLine(direction: 'send' | 'recv'): Promise<Line> {
    const line = await Line.make(await this.#client.ask('transport:create', { direction }));
    line.onLost((why) => this.#trouble(`${direction} transport: ${why}`));
    await this.#client.ask('transport:connect', {
      transportId: line.id,
      dtlsParameters: line.dtlsParameters,
    });
    await line.connect();
    return line;
  }

  /** Consumes whoever is new; those who left just fall silent. */
  #follow({ sources, assistantProducerId }: RoomState): void {
    this.#hear(assistantProducerId, 'assistant');
    for (const source of sources) if (source.participantId !== this.#me) this.#hearSource(source);
  }

  #hearSource({ participantId, producerId }: SourceView): void {
    this.#hear(producerId, this.#places.get(participantId) ?? 'anybody');
  }

  #hear(producerId: string, who: Who): void {
    const { id: transportId } = this.#down ?? {};
    if (transportId === undefined || this.#closed || this.#heard.has(producerId)) return;
    const reception = new Reception();
    this.#heard.set(producerId, { who, reception });
    this.#consume(transportId, producerId, reception).catch((error: unknown) => {
      this.#trouble(`not heard: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  async #consume(transportId: string, producerId: string, reception: Reception): Promise<void> {
    const { id, rtpParameters } = await this.#client.ask('media:consume', {
      transportId,
      producerId,
      rtpCapabilities: this.#capabilities,
    });
    const { encodings } = rtpParameters as unknown as { encodings: { ssrc: number }[] };
    for (const { ssrc } of encodings) this.#bySsrc.set(ssrc, reception);
    await this.#client.ask('media:resume', { consumerId: id });
  }

  #trouble(what: string): void {
    if (!this.#closed) this.#troubles.push(what);
  }
}
