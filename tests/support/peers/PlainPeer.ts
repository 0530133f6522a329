import { DownwardMessage, PROTOCOL_VERSION, type ParticipantId, type SessionId } from '@parley/contract';
import { MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, type RTCDataChannel } from 'werift';
import type { HubApi } from '../HubApi.ts';
import { until } from '../until.ts';
import { Listener } from './Listener.ts';
import { Speaker } from './Speaker.ts';

const OPUS = new RTCRtpCodecParameters({
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
  payloadType: 109,
});

/** A client that knows nothing but WebRTC: one sendrecv audio line, one data channel, one POST with its offer. */
export class PlainPeer {
  readonly messages: DownwardMessage[] = [];
  readonly speaker: Speaker;
  readonly listener: Listener;
  readonly channel: RTCDataChannel;
  readonly #connection: RTCPeerConnection;
  #participantId: ParticipantId | undefined;

  private constructor(connection: RTCPeerConnection, speaker: Speaker, listener: Listener) {
    this.#connection = connection;
    this.speaker = speaker;
    this.listener = listener;
    this.channel = connection.createDataChannel('events');
    this.channel.onMessage.subscribe((message) => {
      this.messages.push(DownwardMessage.parse(JSON.parse(message.toString())));
    });
    connection.onTrack.subscribe((track) =>
      track.onReceiveRtp.subscribe((packet) => listener.receive(packet)),
    );
  }

  /** Resolves once it is connected and its channel is open. */
  static async join(hub: HubApi, sessionId: SessionId, name: string): Promise<PlainPeer> {
    const connection = new RTCPeerConnection({
      codecs: { audio: [OPUS] },
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
    });
    const track = new MediaStreamTrack({ kind: 'audio' });
    const [speaker, listener] = await Promise.all([
      Speaker.make((packet) => track.writeRtp(packet)),
      Listener.make(),
    ]);
    const peer = new PlainPeer(connection, speaker, listener);
    try {
      connection.addTransceiver(track, { direction: 'sendrecv' });
      await connection.setLocalDescription(await connection.createOffer());
      const sdp = await until(
        'all candidates',
        () => connection.iceGatheringState === 'complete' && connection.localDescription?.sdp,
      );
      const answer = await hub.bridge({ sdp, type: 'offer', session_id: sessionId, name });
      peer.#participantId = answer.participant_id;
      await connection.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
      await until(
        `${name} to be connected`,
        () => connection.connectionState === 'connected' && peer.channel.readyState === 'open',
      );
      peer.send({ type: 'hello', protocol: PROTOCOL_VERSION });
      return peer;
    } catch (error) {
      await peer.close();
      throw error;
    }
  }

  get participantId(): ParticipantId {
    if (!this.#participantId) throw new Error('Not joined');
    return this.#participantId;
  }

  get state(): string {
    return this.#connection.connectionState;
  }

  /** Anything, well-formed or not. */
  send(message: unknown): void {
    this.channel.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The latest message of a type. */
  last<Type extends DownwardMessage['type']>(
    type: Type,
  ): Extract<DownwardMessage, { type: Type }> | undefined {
    return this.messages.findLast(
      (message): message is Extract<DownwardMessage, { type: Type }> => message.type === type,
    );
  }

  /** Falls silent as a device does whose battery is empty: no DTLS alert, no SCTP abort, no more packets. */
  async vanish(): Promise<void> {
    this.speaker.hush();
    await Promise.all(this.#connection.iceTransports.map((transport) => transport.connection.close()));
  }

  async close(): Promise<void> {
    this.speaker.close();
    await this.#connection.close();
    this.listener.close();
  }
}
