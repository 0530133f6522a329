import { FRAME_SAMPLES } from '@parley/contract';
import {
  MediaStreamTrack,
  type RTCDataChannel,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
} from 'werift';
import { openCodec, type CallCodec } from '../webrtc/opus.ts';
import type { Received } from './SessionProbe.ts';

/** A client by WebRTC: keeps what it got and can wait for an event. */
export class CallClient {
  readonly events: Received[] = [];
  /** Decoded, 24 kHz. */
  readonly heard: Int16Array[] = [];
  readonly peer: RTCPeerConnection;
  readonly channel: RTCDataChannel;
  offer = '';
  #read = 0;
  readonly #wake: (() => void)[] = [];
  #sequence = 65_530;
  readonly #track = new MediaStreamTrack({ kind: 'audio' });
  readonly #codec: CallCodec;

  private constructor(codec: CallCodec) {
    this.#codec = codec;
    this.peer = new RTCPeerConnection({
      codecs: {
        audio: [
          new RTCRtpCodecParameters({
            mimeType: 'audio/opus',
            clockRate: 48_000,
            channels: 2,
            payloadType: 109,
          }),
        ],
      },
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
      bundlePolicy: 'max-bundle',
    });
    this.channel = this.peer.createDataChannel('oai-events');
    this.channel.onMessage.subscribe((message) => {
      this.events.push(JSON.parse(String(message)) as Received);
      for (const wake of this.#wake.splice(0)) wake();
    });
    this.peer.onTrack.subscribe((track) =>
      track.onReceiveRtp.subscribe(({ payload }) => {
        if (payload.length > 0) this.heard.push(...this.#codec.decode(payload, 0));
      }),
    );
  }

  static async make(): Promise<CallClient> {
    const client = new CallClient(await openCodec());
    client.peer.addTransceiver(client.#track, { direction: 'sendrecv' });
    await client.peer.setLocalDescription(await client.peer.createOffer());
    client.offer = client.peer.localDescription?.sdp ?? '';
    return client;
  }

  async accept(answer: string): Promise<void> {
    await this.peer.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  send(event: Record<string, unknown>): void {
    this.channel.send(JSON.stringify(event));
  }

  /** As fast as it goes: the input clock counts what comes. */
  say(samples: Int16Array): void {
    for (let at = 0; at + FRAME_SAMPLES <= samples.length; at += FRAME_SAMPLES) {
      this.#sequence = (this.#sequence + 1) & 0xffff;
      const header = new RtpHeader({ sequenceNumber: this.#sequence, timestamp: (at * 2) >>> 0 });
      const payload = this.#codec.encode(samples.slice(at, at + FRAME_SAMPLES));
      this.#track.writeRtp(new RtpPacket(header, Buffer.from(payload)));
    }
  }

  get heardMs(): number {
    return this.heard.reduce((sum, { length }) => sum + length, 0) / 24;
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  /** The next event of this type that was not waited for before. */
  async next(type: string): Promise<Received> {
    for (;;) {
      for (; this.#read < this.events.length; this.#read += 1) {
        const event = this.events[this.#read];
        if (event?.type !== type) continue;
        this.#read += 1;
        return event;
      }
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async close(): Promise<void> {
    await this.peer.close();
    this.#codec.close();
  }
}
