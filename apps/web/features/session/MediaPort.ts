import type { MediaParameters, ParticipantId } from '@parley/contract';
import type { IceServer } from '@parley/contract';
import type { z } from 'zod';
import type { ASSISTANT } from './LevelBoard.ts';
import type { Request } from './Signaling.ts';

/** Whose sound a track carries. */
export type Voice = ParticipantId | typeof ASSISTANT;

export interface RemoteTrack {
  producerId: string;
  voice: Voice;
  track: MediaStreamTrack;
}

/** up: both transports are connected · shaky: packets stopped coming, it may heal by itself · down: it will not. */
export type Flow = 'new' | 'up' | 'shaky' | 'down';

export interface MediaHandlers {
  /** Both data channels are open: messages can go both ways. */
  onReady(): void;
  onFlow(flow: Flow): void;
  onMessage(text: string): void;
  onTracks(tracks: RemoteTrack[]): void;
  /** A microphone that could not be published, or a voice that could not be fetched after several tries. */
  onTrouble(what: 'microphone' | 'voice', error: unknown): void;
}

/** One pair of transports with everything on them. Lives once: a broken one is closed and a new one is made. */
export interface Media {
  /** The voices that should be heard; what is missing is fetched, what is gone is closed. */
  sync(wanted: ReadonlyMap<string, Voice>): void;
  setMicrophone(track: MediaStreamTrack | null): void;
  setMuted(muted: boolean): void;
  /** False when the channel is not open. */
  send(text: string): boolean;
  /** Whether the room still knows these transports. Throws when it cannot be asked. */
  stillThere(): Promise<boolean>;
  restartIce(): Promise<void>;
  close(): void;
}

export interface MediaOptions {
  request: Request;
  routerRtpCapabilities: MediaParameters;
  iceServers: z.infer<typeof IceServer>[];
  microphone: MediaStreamTrack | null;
  muted: boolean;
}

/** Another try will not help: this browser has no WebRTC, or one that is too old. */
export class Unsupported extends Error {
  constructor(options?: ErrorOptions) {
    super('This browser cannot carry the sound', options);
    this.name = 'Unsupported';
  }
}

/** Opens transports and channels; what happens afterwards arrives at the handlers. Throws when it cannot be set up. */
export type OpenMedia = (options: MediaOptions, handlers: MediaHandlers) => Promise<Media>;
