import { AppError } from '@parley/contract';
import type { ParticipantId, SessionId } from '@parley/contract';
import type { Archive, JobActor, SessionStore, Tokens } from './ports.ts';

/** Who acts as the owner: a participant, or null for somebody who has the owner token alone. */
export type Actor = ParticipantId | null;

export interface RightsOptions {
  tokens: Tokens;
  store: Pick<SessionStore, 'former'>;
  archive: Pick<Archive, 'wasRemoved'>;
}

/** What a token of a session lets its holder do over HTTP (H14, H19). */
export class Rights {
  readonly #options: RightsOptions;

  constructor(options: RightsOptions) {
    this.#options = options;
  }

  /** Who acts as its owner. Throws `bad-token`, `forbidden` for another session's token, `removed`. */
  async owner(token: string, session: SessionId): Promise<Actor> {
    const { sessionId, participantId } = await this.#options.tokens.owner(token);
    checkSame(sessionId, session);
    await this.#checkHere(participantId, session);
    return participantId;
  }

  /** Who acts on jobs over HTTP: not who has left. Throws what `owner` throws. */
  async actor(token: string, session: SessionId): Promise<JobActor> {
    const { sessionId, ...actor } = await this.#options.tokens.actor(token);
    checkSame(sessionId, session);
    await this.#checkHere(actor.participantId, session);
    return actor;
  }

  /** May read what was said: whoever took part, unless an owner removed them. Throws what `owner` throws. */
  async reader(token: string, session: SessionId): Promise<void> {
    const { tokens, store, archive } = this.#options;
    const { sessionId, participantId } = await tokens.reader(token);
    checkSame(sessionId, session);
    if (participantId === null) return;
    const removed =
      (await store.former(session, participantId)) === 'removed' || (await archive.wasRemoved(participantId));
    if (removed) throw wasRemoved();
  }

  /** The owner token itself belongs to nobody's seat and stays good. */
  async #checkHere(participant: ParticipantId | null, session: SessionId): Promise<void> {
    if (participant !== null && (await this.#options.store.former(session, participant)))
      throw new AppError('forbidden', 'This participant has left. Use the owner token, or join again.');
  }
}

export const wasRemoved = () =>
  new AppError('removed', 'An owner has removed you from this session. Ask whoever invited you.');

function checkSame(of: SessionId, wanted: SessionId): void {
  if (of !== wanted) throw new AppError('forbidden', 'This token belongs to another session.');
}
