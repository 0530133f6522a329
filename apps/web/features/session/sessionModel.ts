import type { EndReason } from '@parley/contract';
import type { Problem } from '../../lib/problem.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { MediaState } from './MediaKeeper.ts';
import type { RemoteTrack } from './MediaPort.ts';
import type { RoomModel } from './roomModel.ts';

/** Why this device is no longer in the room, for good. */
export type Over =
  | { why: 'left' }
  | { why: 'replaced' }
  | { why: 'removed' }
  | { why: 'ended'; reason: EndReason | null }
  | { why: 'refused'; problem: Problem; reload: boolean };

/** The way to the hub. Sound and messages do not need it once the room was joined. */
export type LinkState =
  | { at: 'joining' }
  | { at: 'live' }
  | { at: 'waiting'; attempt: number; retryAt: number; problem: Problem | null }
  | { at: 'retrying'; attempt: number }
  | { at: 'over'; over: Over };

export type LinkStep =
  | { type: 'joined' }
  | { type: 'lost'; retryAt: number; problem: Problem | null }
  | { type: 'retry' }
  | { type: 'over'; over: Over };

/** What the page draws of a session that this device is in. `room` is null until the first join was answered. */
export interface SessionSnapshot {
  link: LinkState;
  media: MediaState;
  room: RoomModel | null;
  /** This device's own wish, obeyed here at once and told to the room when it can be. */
  muted: boolean;
  listenOnly: boolean;
  tracks: RemoteTrack[];
  /** The browser waits for a tap before it plays sound. */
  playbackBlocked: boolean;
  /** The microphone is on but could not be published. */
  microphoneTrouble: string | null;
}

export const startSnapshot = (listenOnly: boolean): SessionSnapshot => ({
  link: { at: 'joining' },
  media: 'connecting',
  room: null,
  muted: false,
  listenOnly,
  tracks: [],
  playbackBlocked: false,
  microphoneTrouble: null,
});

/** Attempts in a row, counted from the last time that the link was live. */
export function attemptOf(link: LinkState): number {
  return link.at === 'waiting' || link.at === 'retrying' ? link.attempt : 0;
}

/** `over` is final: nothing that arrives late brings a link back. */
export function stepLink(link: LinkState, step: LinkStep): LinkState {
  if (link.at === 'over') return link;
  switch (step.type) {
    case 'joined':
      return { at: 'live' };
    case 'lost':
      return {
        at: 'waiting',
        attempt: attemptOf(link) + 1,
        retryAt: step.retryAt,
        problem: step.problem,
      };
    case 'retry':
      return link.at === 'waiting' ? { at: 'retrying', attempt: link.attempt } : link;
    case 'over':
      return { at: 'over', over: step.over };
    default:
      return unreachable(step);
  }
}
