import { AppError, ParticipantId, ParticipantName, Role, SessionId } from '@parley/contract';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Holder, ParticipantClaims, Tokens } from './session/ports.ts';

const OwnerToken = z.object({ sid: SessionId, role: z.literal('owner'), pid: ParticipantId.optional() });
const ParticipantToken = z.object({ sid: SessionId, pid: ParticipantId, role: Role, name: ParticipantName });
const HistoryToken = z.object({ sid: SessionId, pid: ParticipantId, use: z.literal('history') });
const ActorToken = z.union([
  ParticipantToken,
  OwnerToken.omit({ pid: true }).extend({ pid: z.never().optional() }),
]);
const AdminToken = z.object({ use: z.literal('admin'), sid: SessionId.optional() });
const ReaderToken = z.union([HistoryToken, ParticipantToken, OwnerToken]);

const ALGORITHM = 'HS256';
/** A device may come back to its session so long; an owner may end it later still; what was said is read longest. */
const PARTICIPANT_LIFE = '2d';
const OWNER_LIFE = '30d';
const HISTORY_LIFE = '90d';
const ADMIN_LIFE = '8h';

/** Tokens are JSON Web Tokens (RFC 7519) signed with HMAC SHA-256. They are never logged. */
export class JwtTokens implements Tokens {
  readonly #key: Uint8Array;

  /** `secret` has 32 characters or more. */
  constructor(secret: string) {
    this.#key = new TextEncoder().encode(secret);
  }

  forOwner(sessionId: SessionId): Promise<string> {
    return this.#sign({ sid: sessionId, role: 'owner' }, OWNER_LIFE);
  }

  forParticipant({ sessionId, participantId, role, name }: ParticipantClaims): Promise<string> {
    return this.#sign({ sid: sessionId, pid: participantId, role, name }, PARTICIPANT_LIFE);
  }

  forHistory({ sessionId, participantId }: Pick<ParticipantClaims, 'sessionId' | 'participantId'>) {
    return this.#sign({ sid: sessionId, pid: participantId, use: 'history' }, HISTORY_LIFE);
  }

  async participant(token: string): Promise<ParticipantClaims> {
    const { sid, pid, role, name } = await this.#read(token, ParticipantToken);
    return { sessionId: sid, participantId: pid, role, name };
  }

  async owner(token: string): Promise<Holder> {
    const { sid, pid = null } = await this.#read(token, OwnerToken);
    return { sessionId: sid, participantId: pid };
  }

  async reader(token: string): Promise<Holder> {
    const { sid, pid = null } = await this.#read(token, ReaderToken);
    return { sessionId: sid, participantId: pid };
  }

  async actor(token: string) {
    const claims = await this.#read(token, ActorToken);
    const { sid: sessionId, role } = claims;
    if (claims.pid === undefined) return { sessionId, role, participantId: null, name: null };
    return { sessionId, role, participantId: claims.pid, name: claims.name };
  }

  forAdmin(session: SessionId | null): Promise<string> {
    return this.#sign({ use: 'admin', ...(session && { sid: session }) }, ADMIN_LIFE);
  }

  async admin(token: string) {
    const { sid = null } = await this.#read(token, AdminToken);
    return { session: sid };
  }

  #sign(claims: Record<string, string>, life: string): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuedAt()
      .setExpirationTime(life)
      .sign(this.#key);
  }

  async #read<Claims extends z.ZodType>(token: string, schema: Claims): Promise<z.output<Claims>> {
    try {
      const { payload } = await jwtVerify(token, this.#key, { algorithms: [ALGORITHM] });
      return schema.parse(payload);
    } catch (error) {
      throw new AppError('bad-token', 'This token is not valid here, or not any more. Join again.', {
        cause: error,
      });
    }
  }
}
