import type { Log } from '@parley/kit/log';
import { MediaStreamTrack, type RTCDataChannel, RTCPeerConnection, RTCRtpCodecParameters } from 'werift';
import type { Admitted } from '../http/Admission.ts';
import { Connection, type Wire } from '../http/Connection.ts';
import type { ConnectionRecord } from '../inspect/ConnectionRecord.ts';
import { providerAnswer } from './answer.ts';
import { CallAudio } from './CallAudio.ts';
import type { CallCodec } from './opus.ts';
import { RealTimePlayback } from './RealTimePlayback.ts';

/** The data channel that carries the events; the client makes it. */
const EVENTS_LABEL = 'oai-events';
/** A client that got its answer and never came. */
const CONNECT_WITHIN_MS = 30_000;
/** A client that is silent may come back. */
const GONE_AFTER_MS = 15_000;
/** What a client may leave unread. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
/** What a call's end is called in the record, in the terms of WebSocket: it has no close codes. */
const ENDED = 1000;

export interface CallOptions extends Admitted {
  id: string;
  /** Address on which media is received; it is the candidate. */
  host: string;
  codec: CallCodec;
  record: ConnectionRecord | undefined;
  log: Log;
  ended: () => void;
}

/** One client by WebRTC: events on its data channel, Opus both ways. Owns its connection and its codec. */
export class Call implements Wire {
  readonly connection: Connection;
  readonly #options: CallOptions;
  readonly #peer: RTCPeerConnection;
  readonly #audio: CallAudio;
  readonly #track = new MediaStreamTrack({ kind: 'audio' });
  readonly #sidebands = new Set<() => void>();
  #channel: RTCDataChannel | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #over = false;

  constructor(options: CallOptions) {
    this.#options = options;
    const { host, codec, record, log, settings, scenario, sessionSeconds } = options;
    this.#audio = new CallAudio(codec, this.#track);
    this.#peer = new RTCPeerConnection({
      iceLite: true,
      iceServers: [],
      iceUseIpv6: host.includes(':'),
      iceAdditionalHostAddresses: [host],
      iceInterfaceAddresses: host.includes(':') ? { udp6: host } : { udp4: host },
      bundlePolicy: 'max-bundle',
      codecs: {
        audio: [
          new RTCRtpCodecParameters({
            mimeType: 'audio/opus',
            clockRate: 48_000,
            channels: 2,
            parameters: 'minptime=10;useinbandfec=1',
          }),
        ],
        video: [],
      },
    });
    this.connection = new Connection({
      wire: this,
      settings,
      scenario,
      sessionSeconds,
      record,
      log,
      playback: new RealTimePlayback({
        send: (frame, skippedFrames) => {
          record?.output.write(frame.slice());
          if (this.#peer.connectionState === 'connected') this.#audio.send(frame, skippedFrames);
        },
        tell: (event) => this.connection.send(event),
        cut: (...cut) => this.connection.truncate(...cut),
      }),
    });
    this.#watch();
  }

  /** Returns the answer. Throws what the WebRTC stack dislikes about the offer. */
  async answer(offer: string): Promise<string> {
    await this.#peer.setRemoteDescription({ type: 'offer', sdp: offer });
    const audio = this.#peer.getTransceivers().find(({ kind, stopped }) => kind === 'audio' && !stopped);
    if (!audio) throw new Error('no audio line');
    audio.setDirection('sendrecv');
    await audio.sender.replaceTrack(this.#track);
    await this.#peer.setLocalDescription(await this.#peer.createAnswer());
    this.#watchHangUp();
    return providerAnswer(this.#peer.localDescription?.sdp ?? '', this.#options.host);
  }

  write(text: string): void {
    const channel = this.#channel;
    if (channel?.readyState !== 'open') return;
    if (channel.bufferedAmount > MAX_BUFFERED_BYTES) this.drop();
    else channel.send(text);
  }

  /** Silence, as of a machine that lost its power: the client finds out by itself. */
  drop(): void {
    void Promise.all(this.#peer.iceTransports.map(({ connection }) => connection.close())).catch(
      () => undefined,
    );
    this.#end();
  }

  close(): void {
    this.#end();
  }

  /** A sideband's end of the call; it is run when the call ends first. Returns the undo. */
  onEnd(run: () => void): () => void {
    this.#sidebands.add(run);
    return () => this.#sidebands.delete(run);
  }

  #watch(): void {
    this.#wait(CONNECT_WITHIN_MS);
    this.#peer.connectionStateChange.subscribe((state) => {
      if (state === 'connected') clearTimeout(this.#deadline);
      else if (state === 'disconnected') this.#wait(GONE_AFTER_MS);
      else if (state === 'failed' || state === 'closed') this.#end();
    });
    this.#peer.onTrack.subscribe((track) =>
      track.onReceiveRtp.subscribe((packet) => {
        // Before the channel is there, there is nobody to tell what was heard.
        if (this.#over || !this.#channel) return;
        for (const samples of this.#audio.hear(packet)) this.connection.hear(samples);
      }),
    );
    this.#peer.onDataChannel.subscribe((channel) => this.#take(channel));
  }

  /** Who hangs up says so by a DTLS alert or by aborting the SCTP association. */
  #watchHangUp(): void {
    for (const { onStateChange } of this.#peer.dtlsTransports)
      onStateChange.subscribe((state) => {
        if (state === 'closed' || state === 'failed') this.#end();
      });
    this.#peer.sctpTransport?.sctp.stateChanged.closed.subscribe(() => this.#end());
  }

  #take(channel: RTCDataChannel): void {
    if (this.#over || this.#channel || channel.label !== EVENTS_LABEL) {
      channel.close();
      return;
    }
    this.#channel = channel;
    channel.onMessage.subscribe((message) => {
      if (!this.#over) this.connection.receive(typeof message === 'string' ? message : '');
    });
    const open = () => {
      this.#options.log.info({ model: this.#options.settings.model }, 'call connected');
      this.connection.open();
    };
    if (channel.readyState === 'open') open();
    else channel.stateChanged.subscribe((state) => state === 'open' && open());
  }

  #wait(withinMs: number): void {
    clearTimeout(this.#deadline);
    if (!this.#over) this.#deadline = setTimeout(() => this.#end(), withinMs);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#deadline);
    this.connection.ended(ENDED);
    for (const leave of this.#sidebands) leave();
    this.#options.codec.close();
    this.#peer
      .close()
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'call not closed cleanly'));
    this.#options.ended();
  }
}
