import { AppError } from '@parley/contract';
import type { ParticipantId, SessionId } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Directory } from './Directory.ts';
import { fact } from './events.ts';
import type { Membership } from './Membership.ts';
import type { LiveSession, Seat, SessionStore } from './ports.ts';
import type { Actor } from './Rights.ts';
import type { Rooms } from './Rooms.ts';
import { present } from './views.ts';

export interface ModerationOptions {
  store: SessionStore;
  rooms: Rooms;
  directory: Directory;
  membership: Pick<Membership, 'leave'>;
  log: Log;
  now: () => number;
}

/**
 * What owners do about others. Whoever calls has made sure that it is an owner who asks; each deed is a fact that names
 * who did it (H18). All of it throws `session-ended`, `session-not-found`.
 */
export class Moderation {
  readonly #options: ModerationOptions;

  constructor(options: ModerationOptions) {
    this.#options = options;
  }

  /** Somebody has to go, and cannot come back by the same token. Throws `participant-not-found`. */
  async remove(session: SessionId, participant: ParticipantId, by: Actor): Promise<void> {
    if (participant === by)
      throw new AppError('bad-request', 'You cannot remove yourself. Leave the session, or end it.');
    const seat = seatOf(await this.#options.directory.live(session), participant);
    const gone = await this.#options.membership.leave(session, seat, { kind: 'any' }, 'removed', by);
    if (!gone) throw notHere();
    this.#options.log.info({ sessionId: session, participantId: participant, by }, 'participant removed');
  }

  /**
   * Takes a microphone away or gives it back: kept and told first, then the room hears of it, and in the end it has what
   * is kept, whoever was faster. Throws `participant-not-found` and what the mixer says; a repeat tells the mixer again.
   */
  async silence(session: SessionId, participant: ParticipantId, silenced: boolean, by: Actor): Promise<void> {
    const { store, rooms, directory, now } = this.#options;
    const { name } = seatOf(await directory.live(session), participant);
    const told = fact('participant:silenced', session, now(), {
      participantId: participant,
      name,
      silenced,
      by,
    });
    if ((await store.silence(session, told)) === 'missing') throw notHere();
    for (let next: boolean | undefined = silenced, heard: boolean | undefined; next !== heard;) {
      heard = next;
      // Without a room there is nothing to silence: a join tells the mixer.
      if (!(await store.find(session))?.mixer) return;
      await rooms.mute(session, participant, heard, 'owner');
      next = (await store.find(session))?.seats.find(({ id }) => id === participant)?.silenced ?? heard;
    }
  }

  /** Nobody new may join, or everybody may again. */
  async lock(session: SessionId, locked: boolean, by: Actor): Promise<void> {
    const { store, directory, now } = this.#options;
    const told = fact('session:locked', session, now(), { locked, by });
    if ((await store.lock(session, told)) === 'missing') await directory.refuse(session);
  }
}

const notHere = () =>
  new AppError('participant-not-found', 'This participant is not in the session any more.');

function seatOf(session: LiveSession, participant: ParticipantId): Seat {
  const seat = present(session.seats).find(({ id }) => id === participant);
  if (!seat) throw notHere();
  return seat;
}
