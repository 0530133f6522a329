import type { EventEmitter } from 'node:events';
import type { Encoding } from '../audio/codec.ts';
import type { RtpPacket } from '../audio/rtp.ts';
import type { MediaCommand, MediaParameters, RtpAddress, RtpWishes } from '@parley/contract';

/**
 * A packet comes in one of two forms. `closed` comes once, last: the device stopped sending for good, or its owner closed it.
 */
export interface MicrophoneEvents {
  /** As it was on the wire. */
  rtp: [bytes: Buffer];
  /** Read already. */
  packet: [packet: RtpPacket];
  closed: [];
}

/** One participant's microphone in the router: others hear it by forwarding, the mixer by its events. */
export interface Microphone {
  readonly producerId: string;
  /** ID of the `ssrc-audio-level` header extension (RFC 6464) in its packets, if they carry one. */
  readonly levelExtensionId: number | undefined;
  readonly closed: boolean;
  readonly events: EventEmitter<MicrophoneEvents>;
  /** A muted microphone is not forwarded either. */
  setMuted(muted: boolean): Promise<void>;
  close(): void;
}

export interface LineEvents {
  /** A microphone is there. A former one of the same line closed before. */
  microphone: [microphone: Microphone];
  /** A message of the device's data channel, as it came. */
  message: [bytes: Uint8Array];
  /** No message of the device comes through any more, for now or for good. */
  unreachable: [];
  /** The device is gone for good; `silent`: nothing came for too long. Not after `close`. */
  gone: [reason?: 'silent'];
}

/** How one participant is connected. Its owner is the room; closing it closes all its transports. */
export interface Line {
  readonly events: EventEmitter<LineEvents>;
  /** A data-channel message for this device alone; dropped while its channel is not open. */
  send(text: string): void;
  close(): void;
}

/** A browser with mediasoup-client. */
export interface DeviceLine extends Line {
  /** `body` is not parsed yet. Rejects with an AppError: bad-request, bad-media, media-not-found, forbidden. */
  command(name: MediaCommand, body: unknown): Promise<unknown>;
}

/** How a packet follows the one before it: after a pause it carries the marker (RFC 3551 section 4.1). */
export interface SpeakOptions {
  marker: boolean;
  skippedFrames: number;
}

/** Hears one track, what the room mixes for it. */
export interface EarLine extends Line {
  readonly encoding: Encoding;
  /** The next Opus packet of 20 ms of what it hears; `skippedFrames` frames were silent before it. */
  speak(payload: Uint8Array, options: SpeakOptions): void;
}

/** A plain SDP peer. */
export interface PeerLine extends EarLine {
  readonly answer: string;
}

/** Plain RTP from and to an address. It has no data channel. */
export interface RtpLine extends EarLine {
  readonly address: RtpAddress;
}

/** A packet whose RTP header the router makes anew. */
export type InjectedPacket = Omit<RtpPacket, 'ssrc' | 'payloadType'>;

/** A microphone whose packets come from outside mediasoup. */
export interface InjectedMicrophone extends Microphone {
  send(packet: InjectedPacket): void;
}

export interface PeerOptions {
  sdp: string;
  maySpeak: boolean;
  inject: () => Promise<InjectedMicrophone>;
}

export interface RtpOptions {
  wishes: RtpWishes;
  maySpeak: boolean;
  inject: () => Promise<InjectedMicrophone>;
}

/** Opens a port for plain RTP. Rejects with AppError `forbidden` for an address that is not allowed. */
export type RtpFactory = (options: RtpOptions) => Promise<RtpLine>;

/** Answers a plain SDP offer. Rejects with AppError `bad-sdp` that says what is wrong with it. */
export type PeerFactory = (options: PeerOptions) => Promise<PeerLine>;

export interface RoomMediaEvents {
  /** The worker is gone, and everything in it. */
  lost: [];
}

/** The media half of one room: a router, the assistant's track, the data channels. */
export interface RoomMedia {
  readonly events: EventEmitter<RoomMediaEvents>;
  readonly routerRtpCapabilities: MediaParameters;
  readonly assistantProducerId: string;
  openDevice(options: { maySpeak: boolean }): DeviceLine;
  inject(): Promise<InjectedMicrophone>;
  /** The assistant's next Opus packet of 20 ms; `skippedFrames` frames were silent before it. Returns its RTP time. */
  speak(payload: Uint8Array, options: SpeakOptions): number;
  /** A data-channel message for every device with mediasoup-client. */
  broadcast(text: string): void;
  close(): void;
}

/** Rejects with `not-ready` while there is no worker. */
export type MediaFactory = () => Promise<RoomMedia>;
