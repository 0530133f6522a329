import { EventEmitter } from 'node:events';
import { AppError } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import {
  MediaStreamTrack,
  type RTCDataChannel,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  useAudioLevelIndication,
} from 'werift';
import { RtpWriter } from '../audio/rtp.ts';
import type { LineEvents, PeerLine, PeerOptions, SpeakOptions } from '../room/mediaPorts.ts';
import type { Clock } from '../room/ports.ts';
import { announceCandidates, countCandidates, isEverywhere, type Reachable } from './answerSdp.ts';
import { forwardMicrophone } from './forwardMicrophone.ts';
import { type Offer, readOffer } from './readOffer.ts';

/** An answer cannot wait long: the caller's HTTP request does. Host candidates take milliseconds. */
const GATHER_WITHIN_MS = 2_000;
/** A peer that got its answer and never came. */
const CONNECT_WITHIN_MS = 30_000;
/** A connection that is down may come back (RFC 7675: consent is checked every 5 s). */
const GONE_AFTER_MS = 10_000;
/** Bytes that may wait for a slow peer; what comes then is dropped. */
const SEND_BUFFER_BYTES = 262_144;
const MAX_CHANNELS = 4;

export interface BridgeOptions extends Reachable {
  /** UDP ports, first and last; unset takes any. */
  ports: [number, number] | undefined;
  clock: Clock;
  log: Log;
}

/**
 * One plain SDP peer, terminated here and not by mediasoup, which speaks no DCEP and cannot send with the payload type
 * that an offer asks for. It hears one track, mixed for it. Owns its connection.
 */
export class Peer implements PeerLine {
  readonly events = new EventEmitter<LineEvents>();
  readonly encoding = 'robust';
  readonly #options: BridgeOptions;
  readonly #connection: RTCPeerConnection;
  readonly #voice = new MediaStreamTrack({ kind: 'audio' });
  readonly #rtp = new RtpWriter({ ssrc: 0, payloadType: 0 });
  readonly #channels = new Set<RTCDataChannel>();
  #answer = '';
  #cancelDeadline: (() => void) | undefined;
  #closed = false;

  private constructor(options: BridgeOptions) {
    this.#options = options;
    const { listenIp, ports } = options;
    this.#connection = new RTCPeerConnection({
      iceServers: [],
      codecs: {
        audio: [
          new RTCRtpCodecParameters({
            mimeType: 'audio/opus',
            clockRate: 48_000,
            channels: 2,
            parameters: 'minptime=10;useinbandfec=1;usedtx=1',
          }),
        ],
        video: [],
      },
      headerExtensions: { audio: [useAudioLevelIndication()] },
      bundlePolicy: 'max-bundle',
      icePortRange: ports,
      iceUseIpv6: listenIp.includes(':'),
      ...(isEverywhere(listenIp)
        ? {}
        : {
            iceAdditionalHostAddresses: [listenIp],
            iceInterfaceAddresses: listenIp.includes(':') ? { udp6: listenIp } : { udp4: listenIp },
          }),
    });
  }

  static async open(options: BridgeOptions, { sdp, maySpeak, inject }: PeerOptions): Promise<Peer> {
    const offer = readOffer(sdp);
    const peer = new Peer(options);
    try {
      // Before the negotiation, which tells of the track.
      if (maySpeak && offer.sends) peer.#forward(inject);
      await peer.#negotiate(sdp, offer);
    } catch (error) {
      peer.close();
      if (error instanceof AppError) throw error;
      const words = error instanceof Error ? error.message.slice(0, 200) : 'unknown reason';
      throw new AppError('bad-sdp', `The offer cannot be answered: ${words}`, { cause: error });
    }
    return peer;
  }

  get answer(): string {
    return this.#answer;
  }

  send(text: string): void {
    for (const channel of this.#channels)
      if (channel.readyState === 'open' && channel.bufferedAmount < SEND_BUFFER_BYTES) channel.send(text);
  }

  speak(payload: Uint8Array, options: SpeakOptions): void {
    // The sender puts its own SSRC and the negotiated payload type into the header.
    const packet = this.#rtp.write(payload, options);
    if (!this.#closed && this.#connection.connectionState === 'connected') this.#voice.writeRtp(packet);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelDeadline?.();
    this.#channels.clear();
    this.#connection
      .close()
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'peer not closed cleanly'));
  }

  async #negotiate(sdp: string, { receives }: Offer): Promise<void> {
    const connection = this.#connection;
    this.#watch();
    connection.onDataChannel.subscribe((channel) => this.#take(channel));
    await connection.setRemoteDescription({ type: 'offer', sdp });
    const transceiver = connection
      .getTransceivers()
      .find(({ kind, stopped }) => kind === 'audio' && !stopped);
    if (!transceiver) throw new AppError('bad-sdp', 'The offer has no audio line that can be answered.');
    if (receives) {
      transceiver.setDirection('sendrecv');
      await transceiver.sender.replaceTrack(this.#voice);
    }
    await this.#gather();
    this.#watchHangUp();
    this.#answer = announceCandidates(connection.localDescription?.sdp ?? '', this.#options);
    if (countCandidates(this.#answer) === 0)
      throw new AppError('internal', 'No network address is free for this peer. See RTC_BRIDGE_PORTS.');
  }

  /** Candidates do not trickle here: the answer must contain them. */
  async #gather(): Promise<void> {
    const answer = await this.#connection.createAnswer();
    let cancel: (() => void) | undefined;
    const enough = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(GATHER_WITHIN_MS, resolve);
    });
    try {
      await Promise.race([this.#connection.setLocalDescription(answer), enough]);
    } finally {
      cancel?.();
    }
  }

  #watch(): void {
    this.#deadline(CONNECT_WITHIN_MS);
    this.#connection.connectionStateChange.subscribe((state) => {
      if (state === 'connected') this.#cancelDeadline?.();
      else if (state === 'disconnected') {
        this.events.emit('unreachable');
        this.#deadline(GONE_AFTER_MS);
      } else if (state === 'failed' || state === 'closed') this.#gone();
    });
  }

  /**
   * Who hangs up politely says so: by a DTLS alert (close_notify), or by aborting the SCTP association, which closing a
   * single channel does not do. Who does not is missed by ICE later.
   */
  #watchHangUp(): void {
    for (const { onStateChange } of this.#connection.dtlsTransports)
      onStateChange.subscribe((state) => {
        if (state === 'closed' || state === 'failed') this.#gone();
      });
    this.#connection.sctpTransport?.sctp.stateChanged.closed.subscribe(() => this.#gone());
  }

  #deadline(withinMs: number): void {
    this.#cancelDeadline?.();
    if (!this.#closed) this.#cancelDeadline = this.#options.clock.after(withinMs, () => this.#gone());
  }

  #gone(): void {
    if (this.#closed) return;
    this.close();
    this.events.emit('gone');
  }

  #take(channel: RTCDataChannel): void {
    if (this.#closed || this.#channels.size >= MAX_CHANNELS) {
      channel.close();
      return;
    }
    this.#channels.add(channel);
    channel.stateChanged.subscribe((state) => {
      if (state !== 'closed') return;
      this.#channels.delete(channel);
      if (!this.#closed && this.#channels.size === 0) this.events.emit('unreachable');
    });
    channel.onMessage.subscribe((message) => {
      if (!this.#closed) this.events.emit('message', Buffer.from(message));
    });
  }

  #forward(inject: PeerOptions['inject']): void {
    const { log } = this.#options;
    forwardMicrophone(this.#connection, inject, {
      closed: () => this.#closed,
      onMicrophone: (microphone) => this.events.emit('microphone', microphone),
      onFault: (error) => log.warn({ err: error }, 'microphone of a peer not forwarded'),
    });
  }
}
