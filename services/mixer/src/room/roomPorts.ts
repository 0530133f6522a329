import type { NewEvent, ParticipantId, SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Codec } from '../audio/codec.ts';
import type { FrameClock } from '../audio/FrameClock.ts';
import type { Assistant } from './Assistant.ts';
import type { PeerFactory, RoomMedia, RtpFactory } from './mediaPorts.ts';
import type { Clock } from './ports.ts';

/** A room that nobody is in for so long closes: it holds a provider link, which costs. The session lives on. */
export const EMPTY_ROOM_MS = 300_000;

/** `given-away`: another mixer has it, or may have. */
export type RoomCloseReason = 'empty' | 'worker-died' | 'closed' | 'drained' | 'given-away';

/** So long devices go on hearing each other in a room that has moved, while they are being connected elsewhere. */
export const LINGER_MS = 3_000;

export interface RoomEvents {
  /** The conversation here is over, and all of it told; it may go on elsewhere. `closed` follows. */
  retired: [];
  /** This participant's media is gone for good; it has been removed. */
  gone: [participantId: ParticipantId, reason?: 'silent'];
  /** Once, last. */
  closed: [reason: RoomCloseReason];
}

/** What a room needs of its assistant. */
export type RoomAssistant = Pick<
  Assistant,
  | 'events'
  | 'state'
  | 'cost'
  | 'moment'
  | 'queuedMs'
  | 'hasOutput'
  | 'settled'
  | 'admitted'
  | 'configure'
  | 'hold'
  | 'meet'
  | 'setPeople'
  | 'pushInput'
  | 'hear'
  | 'pullOutput'
  | 'sent'
  | 'reported'
  | 'sendText'
  | 'close'
>;

/** A room's last facts are in Redis before hubs hear that it is gone; longer they are not kept waiting. */
export const FLUSH_WITHIN_MS = 1_000;

/** Takes durable facts in the order of the calls; never throws. Only while the session's room has no newer epoch. */
export interface FactSink {
  append(event: NewEvent, room?: { readonly epoch: number | undefined }): void;
}

export interface RoomOptions {
  sessionId: SessionId;
  media: RoomMedia;
  assistant: RoomAssistant;
  openPeer: PeerFactory;
  openRtp: RtpFactory;
  codec: Codec;
  frameClock: Pick<FrameClock, 'add'>;
  clock: Clock;
  facts: FactSink;
  /** How often the session's room had been given to a mixer when it was given to this one. */
  epoch?: number | undefined;
  /** Asked before anything is told: a process that slept for too long closes its rooms in it (M27). */
  beforeTelling?: () => void;
  log: Log;
}
