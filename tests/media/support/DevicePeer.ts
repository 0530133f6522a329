import { DownwardMessage, type MediaCommand, type ParticipantId, PROTOCOL_VERSION } from '@parley/contract';
import {
  MediaStreamTrack,
  type RTCDataChannel,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  useAudioLevelIndication,
} from 'werift';
import { Listener } from '../../support/peers/Listener.ts';
import { Speaker } from '../../support/peers/Speaker.ts';
import { until } from '../../support/until.ts';
import { lineOf, remoteSdp } from './remoteSdp.ts';
import type { TestRoom } from './startMixer.ts';

/** What a device asks through: a mixer at hand, or a hub. */
export type DeviceRoom = Pick<TestRoom, 'join' | 'command' | 'routerRtpCapabilities'>;

type Command = <Name extends MediaCommand>(
  name: Name,
  body: unknown,
) => ReturnType<typeof TestRoom.prototype.command<Name>>;

const PAYLOAD_TYPE = 111;
const LEVEL_EXTENSION_ID = 4;

/** A browser's part without a browser: another WebRTC stack on the mixer's own transports, by the page's own commands. */
export class DevicePeer {
  readonly participantId: ParticipantId;
  readonly messages: DownwardMessage[] = [];
  readonly speaker: Speaker;
  readonly listener: Listener;
  producerId = '';
  sendTransportId = '';
  /** Where it sends to. */
  candidates: readonly { port: number }[] = [];
  readonly #room: DeviceRoom;
  readonly #send = connection();
  readonly #recv = connection();
  #upward: RTCDataChannel | undefined;

  private constructor(room: DeviceRoom, participantId: ParticipantId, speaker: Speaker, listener: Listener) {
    this.#room = room;
    this.participantId = participantId;
    this.speaker = speaker;
    this.listener = listener;
  }

  /** Joins, opens both transports, and says hello. */
  static async join(
    room: DeviceRoom,
    name: string,
    options: { id?: ParticipantId } = {},
  ): Promise<DevicePeer> {
    const track = new MediaStreamTrack({ kind: 'audio' });
    const [id, speaker, listener] = await Promise.all([
      room.join(name, options),
      Speaker.make((packet) => track.writeRtp(packet), LEVEL_EXTENSION_ID),
      Listener.make(),
    ]);
    const device = new DevicePeer(room, id, speaker, listener);
    await device.#openSend(track);
    return device;
  }

  /** Opens the way back with the data channel and one source, and says hello. */
  async hear(producerId: string): Promise<void> {
    const command: Command = (name, body) => this.#room.command(this.participantId, name, body);
    const transport = await command('transport:create', { direction: 'recv' });
    const consumer = await command('media:consume', {
      transportId: transport.id,
      producerId,
      rtpCapabilities: this.#room.routerRtpCapabilities,
    });
    const data = await command('data:consume', { transportId: transport.id });
    const { streamId } = data.sctpStreamParameters as { streamId: number };
    const channel = this.#recv.createDataChannel(data.label, { negotiated: true, id: streamId });
    channel.onMessage.subscribe((message) =>
      this.messages.push(DownwardMessage.parse(JSON.parse(message.toString()))),
    );
    this.#recv.onTrack.subscribe((track) =>
      track.onReceiveRtp.subscribe((packet) => this.listener.receive(packet)),
    );
    const lines = [lineOf(consumer, '0'), { mid: '1', kind: 'application', direction: 'sendonly' } as const];
    await this.#recv.setRemoteDescription({ type: 'offer', sdp: remoteSdp(transport, lines, 'actpass') });
    const answer = await this.#recv.createAnswer();
    await command('transport:connect', {
      transportId: transport.id,
      dtlsParameters: { role: 'client', fingerprints: [fingerprintOf(answer.sdp)] },
    });
    await this.#recv.setLocalDescription(answer);
    await until('the channel down', () => channel.readyState === 'open');
    await command('media:resume', { consumerId: consumer.id });
    await until('the channel up', () => this.#upward?.readyState === 'open');
    this.say({ type: 'hello', protocol: PROTOCOL_VERSION });
    await until('room:state', () => this.last('room:state'));
  }

  say(message: unknown): void {
    this.#upward?.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  last<Type extends DownwardMessage['type']>(
    type: Type,
  ): Extract<DownwardMessage, { type: Type }> | undefined {
    return this.messages.findLast(
      (message): message is Extract<DownwardMessage, { type: Type }> => message.type === type,
    );
  }

  get connected(): boolean {
    return this.#send.connectionState === 'connected';
  }

  /** Falls silent as a device does whose battery is empty. */
  async vanish(): Promise<void> {
    this.speaker.hush();
    const transports = [...this.#send.iceTransports, ...this.#recv.iceTransports];
    await Promise.all(transports.map(({ connection: ice }) => ice.close()));
  }

  async close(): Promise<void> {
    this.speaker.close();
    await Promise.all([this.#send.close(), this.#recv.close()]);
    this.listener.close();
  }

  async #openSend(track: MediaStreamTrack): Promise<void> {
    const command: Command = (name, body) => this.#room.command(this.participantId, name, body);
    const transport = await command('transport:create', { direction: 'send' });
    this.sendTransportId = transport.id;
    this.candidates = transport.iceCandidates as { port: number }[];
    const transceiver = this.#send.addTransceiver(track, { direction: 'sendonly' });
    this.#upward = this.#send.createDataChannel('parley', { negotiated: true, id: 0 });
    const offer = await this.#send.createOffer();
    await this.#send.setLocalDescription(offer);
    await command('transport:connect', {
      transportId: transport.id,
      dtlsParameters: { role: 'client', fingerprints: [fingerprintOf(offer.sdp)] },
    });
    const lines = [
      {
        mid: '0',
        kind: 'audio',
        direction: 'recvonly',
        payloadType: PAYLOAD_TYPE,
        levelExtensionId: LEVEL_EXTENSION_ID,
      },
      { mid: '1', kind: 'application', direction: 'recvonly' },
    ] as const;
    await this.#send.setRemoteDescription({ type: 'answer', sdp: remoteSdp(transport, lines, 'passive') });
    const producing = command('media:produce', {
      transportId: transport.id,
      rtpParameters: rtpParameters(transceiver.sender.ssrc),
    });
    const upward = command('data:produce', {
      transportId: transport.id,
      sctpStreamParameters: { streamId: 0, ordered: true },
      label: 'parley',
      protocol: '',
    });
    const [{ producerId }] = await Promise.all([producing, upward]);
    this.producerId = producerId;
    await until('the way up', () => this.connected);
  }
}

const connection = () =>
  new RTCPeerConnection({
    codecs: {
      audio: [
        new RTCRtpCodecParameters({
          mimeType: 'audio/opus',
          clockRate: 48_000,
          channels: 2,
          payloadType: PAYLOAD_TYPE,
        }),
      ],
    },
    headerExtensions: { audio: [useAudioLevelIndication()] },
    iceServers: [],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    bundlePolicy: 'max-bundle',
  });

export const rtpParameters = (ssrc: number) => ({
  mid: '0',
  codecs: [
    {
      mimeType: 'audio/opus',
      payloadType: PAYLOAD_TYPE,
      clockRate: 48_000,
      channels: 2,
      parameters: { useinbandfec: 1, usedtx: 1 },
    },
  ],
  headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: LEVEL_EXTENSION_ID }],
  encodings: [{ ssrc, dtx: true }],
  rtcp: { cname: 'device' },
});

function fingerprintOf(sdp: string): { algorithm: string; value: string } {
  const [, algorithm, value] = /a=fingerprint:(\S+) (\S+)/.exec(sdp) ?? [];
  if (!algorithm || !value) throw new Error('No fingerprint in the SDP');
  return { algorithm, value };
}
