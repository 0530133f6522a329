import { EventEmitter } from 'node:events';
import {
  MediaStreamTrack,
  type RTCDataChannel,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  type RtpPacket,
} from 'werift';
import { RtpWriter } from '../audio/rtp.ts';
import type { Clock } from '../room/ports.ts';
import type { LinkSocket } from './SocketLink.ts';

const EVENTS_LABEL = 'oai-events';
/** A connection that is down may come back; longer than this nobody waits for an answer. */
const GONE_AFTER_MS = 5_000;
/** In the terms of WebSocket, which a link reads: ended in order, and not. */
const NORMAL = 1000;
const ABNORMAL = 1006;

interface CallSocketEvents {
  message: [data: Buffer, isBinary: boolean];
  pong: [];
  error: [Error];
  close: [code: number, reason: Buffer];
  /** A packet of the reply. */
  rtp: [packet: RtpPacket];
}

/**
 * One call to a provider: a full ICE agent (the provider's is lite), events on a data channel that behaves like a
 * WebSocket, Opus both ways. Owns the peer connection.
 */
export class CallSocket extends EventEmitter<CallSocketEvents> implements LinkSocket {
  readonly OPEN = 1;
  readonly #peer: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  readonly #clock: Clock;
  readonly #voice = new MediaStreamTrack({ kind: 'audio' });
  readonly #rtp = new RtpWriter({ ssrc: 0, payloadType: 0 });
  #spoken = false;
  #cancelGone: (() => void) | undefined;
  #closed = false;

  /** `loopback`: the provider is on this machine. */
  constructor(clock: Clock, loopback: boolean) {
    super();
    this.#clock = clock;
    this.#peer = new RTCPeerConnection({
      iceServers: [],
      iceUseIpv6: false,
      ...(loopback && { iceAdditionalHostAddresses: ['127.0.0.1'] }),
      bundlePolicy: 'max-bundle',
      codecs: {
        audio: [
          new RTCRtpCodecParameters({
            mimeType: 'audio/opus',
            clockRate: 48_000,
            channels: 2,
            payloadType: 111,
            parameters: 'minptime=10;useinbandfec=1',
          }),
        ],
        video: [],
      },
    });
    this.#peer.addTransceiver(this.#voice, { direction: 'sendrecv' });
    this.#channel = this.#peer.createDataChannel(EVENTS_LABEL);
    this.#watch();
  }

  get readyState(): number {
    return !this.#closed && this.#channel.readyState === 'open' ? this.OPEN : 3;
  }

  get bufferedAmount(): number {
    return this.#channel.bufferedAmount;
  }

  /** Complete: candidates do not trickle here. */
  async offer(): Promise<string> {
    await this.#peer.setLocalDescription(await this.#peer.createOffer());
    return this.#peer.localDescription?.sdp ?? '';
  }

  /** Resolves when events can be sent; rejects when the connection fails first. */
  async accept(sdp: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.once('close', () => reject(new Error('the media connection failed')));
    if (this.#channel.readyState === 'open') resolve();
    else this.#channel.stateChanged.subscribe((state) => state === 'open' && resolve());
    await this.#peer.setRemoteDescription({ type: 'answer', sdp });
    this.#watchHangUp();
    await promise;
  }

  send(text: string): void {
    if (this.readyState === this.OPEN) this.#channel.send(text);
  }

  /** The next Opus packet of 20 ms. */
  speak(packet: Uint8Array): void {
    if (this.#closed) return;
    // The sender puts its own SSRC and the negotiated payload type into the header.
    this.#voice.writeRtp(this.#rtp.write(packet, { marker: !this.#spoken }));
    this.#spoken = true;
  }

  /** ICE asks all the time whether the other side is there (RFC 7675): its answer is ours. */
  ping(): void {
    if (!this.#closed && this.#peer.connectionState === 'connected') this.emit('pong');
  }

  close(): void {
    this.#end(NORMAL);
  }

  terminate(): void {
    this.#end(ABNORMAL);
  }

  #watch(): void {
    this.#channel.onMessage.subscribe((message) => {
      if (this.#closed) return;
      const isBinary = typeof message !== 'string';
      this.emit('message', Buffer.from(message), isBinary);
    });
    this.#peer.onTrack.subscribe((track) =>
      track.onReceiveRtp.subscribe((packet) => {
        if (!this.#closed) this.emit('rtp', packet);
      }),
    );
    this.#peer.connectionStateChange.subscribe((state) => {
      this.#cancelGone?.();
      if (this.#closed) return;
      if (state === 'disconnected')
        this.#cancelGone = this.#clock.after(GONE_AFTER_MS, () => this.#end(ABNORMAL));
      else if (state === 'failed' || state === 'closed') this.#end(ABNORMAL);
    });
  }

  /** Who hangs up says so by a DTLS alert, or by aborting the SCTP association. */
  #watchHangUp(): void {
    for (const { onStateChange } of this.#peer.dtlsTransports)
      onStateChange.subscribe((state) => {
        if (state === 'closed' || state === 'failed') this.#end(ABNORMAL);
      });
    this.#peer.sctpTransport?.sctp.stateChanged.closed.subscribe(() => this.#end(ABNORMAL));
  }

  #end(code: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelGone?.();
    this.#peer.close().catch((error: unknown) => {
      if (this.listenerCount('error') > 0)
        this.emit(
          'error',
          error instanceof Error ? error : new Error('not closed cleanly', { cause: error }),
        );
    });
    this.emit('close', code, Buffer.from('call ended'));
  }
}
