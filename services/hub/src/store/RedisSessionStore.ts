import {
  keys,
  MixerId,
  MoveReason,
  ParticipantId,
  ParticipantView,
  SessionId,
  SessionSettings,
} from '@parley/contract';
import type { NewEvent } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import { SEEN_SECONDS } from '@parley/kit/sequencedLog';
import { Script } from '@parley/kit/script';
import { z } from 'zod';
import type {
  Barred,
  Configured,
  EndIf,
  LeaveIf,
  LiveSession,
  Loss,
  Place,
  Seat,
  SessionStore,
} from '../session/ports.ts';
import * as lua from './scripts.ts';

const readSettings = (text: string): SessionSettings => SessionSettings.parse(JSON.parse(text));
const StoredSeat = ParticipantView.omit({ away: true }).extend({
  state: z.enum(['reserved', 'connected', 'away']),
  connection: z.string(),
});
const StoredSession = z.object({
  settings: z.string().transform((text) => readSettings(text)),
  createdAt: z.coerce.number(),
  mixer: MixerId.optional(),
  epoch: z.coerce.number().int().default(0),
  locked: z.literal('1').optional(),
});
const StoredLoss = z.object({ lostAt: z.coerce.number(), why: MoveReason });
const Answer = z.tuple([z.string()], z.string());
const seatIn = (text: string | undefined): Seat => StoredSeat.parse(JSON.parse(text ?? ''));

/** After the end its counter stays this long: the room's last facts may still come. */
const COUNTER_SECONDS = 3_600;
const ATTEMPTS = 5;

const scripts = {
  create: new Script(lua.CREATE),
  reserve: new Script(lua.RESERVE),
  join: new Script(lua.JOIN),
  detach: new Script(lua.DETACH),
  leave: new Script(lua.LEAVE),
  mute: new Script(lua.MUTE),
  silence: new Script(lua.SILENCE),
  lock: new Script(lua.LOCK),
  configure: new Script(lua.CONFIGURE),
  end: new Script(lua.END),
  place: new Script(lua.PLACE),
  unplace: new Script(lua.UNPLACE),
};

/** Live sessions in Redis. A missing event counter is restored first, so that each state change can tell its fact. */
export class RedisSessionStore implements SessionStore {
  readonly #redis: Redis;
  readonly #restoreCounter: (id: SessionId) => Promise<void>;

  constructor(redis: Redis, restoreCounter: (id: SessionId) => Promise<void>) {
    this.#redis = redis;
    this.#restoreCounter = restoreCounter;
  }

  async create(session: LiveSession, created: NewEvent<'session:created'>): Promise<boolean> {
    const settings = JSON.stringify(session.settings);
    const [outcome] = await this.#run(session.id, scripts.create, [
      settings,
      session.createdAt,
      ...told(created),
    ]);
    return outcome === 'created';
  }

  async find(id: SessionId): Promise<LiveSession | undefined> {
    return (await this.findAll([id]))[0];
  }

  async findAll(ids: readonly SessionId[]): Promise<LiveSession[]> {
    const pipeline = this.#redis.pipeline();
    for (const id of ids) pipeline.hgetall(keys.session(id)).hgetall(keys.participants(id));
    const replies = ids.length === 0 ? [] : ((await pipeline.exec()) ?? []);
    const hash = (index: number) => {
      const [error, reply] = replies[index] ?? [new Error('No reply from Redis')];
      if (error) throw error;
      return reply as Record<string, string>;
    };
    return ids.flatMap((id, index) => {
      const stored = hash(index * 2);
      if (stored.settings === undefined) return [];
      const { settings, createdAt, mixer = null, epoch, locked } = StoredSession.parse(stored);
      const seats = Object.values(hash(index * 2 + 1)).map(seatIn);
      return [{ id, settings, createdAt, mixer, epoch, locked: locked !== undefined, seats }];
    });
  }

  async listIds(before: { createdAt: number; id: string } | null, limit: number): Promise<SessionId[]> {
    const max = before ? before.createdAt : '+inf';
    const ids: SessionId[] = [];
    for (let offset = 0; ; offset += limit) {
      const found = await this.#redis.zrevrangebyscore(
        keys.liveSessions,
        max,
        '-inf',
        'WITHSCORES',
        'LIMIT',
        offset,
        limit,
      );
      for (let i = 0; i < found.length; i += 2) {
        const id = SessionId.parse(found[i]);
        // Of equal age come the later names first; up to `before` they were shown already.
        if (before && Number(found[i + 1]) === before.createdAt && id >= before.id) continue;
        if (ids.push(id) === limit) return ids;
      }
      if (found.length < limit * 2) return ids;
    }
  }

  async reserve(id: SessionId, seat: Seat, max: number, until: number) {
    const answer = await this.#run(id, scripts.reserve, [seat.id, JSON.stringify(seat), max, until]);
    const [outcome, text] = answer;
    if (isMissing(outcome) || isBarred(outcome)) return { outcome };
    return { outcome: outcome === 'kept' ? 'kept' : 'reserved', seat: seatIn(text) } as const;
  }

  async join(id: SessionId, seat: Seat, max: number, joined: NewEvent<'participant:joined'>) {
    const answer = await this.#run(id, scripts.join, [seat.id, JSON.stringify(seat), max, ...told(joined)]);
    const [outcome, text, previous = ''] = answer;
    if (isMissing(outcome) || isBarred(outcome)) return { outcome };
    return { outcome: outcome === 'joined' ? 'joined' : 'resumed', seat: seatIn(text), previous } as const;
  }

  async detach(id: SessionId, participant: ParticipantId, connection: string, until: number) {
    const [outcome] = await this.#run(id, scripts.detach, [participant, connection, until]);
    return outcome === 'detached';
  }

  async leave(
    id: SessionId,
    participant: ParticipantId,
    condition: LeaveIf,
    left: NewEvent<'participant:left'>,
  ) {
    const value =
      condition.kind === 'connection' ? condition.connection : condition.kind === 'due' ? condition.at : '';
    const args = [participant, condition.kind, value, left.at, ...told(left), left.data.reason];
    const [outcome, text] = await this.#run(id, scripts.leave, args);
    return outcome === 'left' ? seatIn(text) : undefined;
  }

  async mute(id: SessionId, muted: NewEvent<'participant:muted'>) {
    const { participantId, muted: value } = muted.data;
    const [outcome] = await this.#run(id, scripts.mute, [participantId, value ? 1 : 0, ...told(muted)]);
    return asChange(outcome);
  }

  async silence(id: SessionId, silenced: NewEvent<'participant:silenced'>) {
    const { participantId, silenced: value } = silenced.data;
    const [outcome] = await this.#run(id, scripts.silence, [participantId, value ? 1 : 0, ...told(silenced)]);
    return asChange(outcome);
  }

  async lock(id: SessionId, locked: NewEvent<'session:locked'>) {
    const [outcome] = await this.#run(id, scripts.lock, [locked.data.locked ? 1 : 0, ...told(locked)]);
    return asChange(outcome);
  }

  async former(id: SessionId, participant: ParticipantId) {
    const why = await this.#redis.hget(keys.formerParticipants(id), participant);
    return why === null ? undefined : Former.parse(why);
  }

  async configure(id: SessionId, change: (settings: SessionSettings) => Configured | undefined) {
    for (;;) {
      const [text, at] = await this.#redis.hmget(keys.session(id), 'settings', 'mixer');
      if (text === null || text === undefined) return { outcome: 'missing' } as const;
      const settings = readSettings(text);
      const next = change(settings);
      if (!next) return { outcome: 'unchanged', settings, mixer: at ? MixerId.parse(at) : null } as const;
      const args = [text, JSON.stringify(next.settings), ...told(next.configured)];
      const [outcome, mixer] = await this.#run(id, scripts.configure, args);
      if (outcome === 'missing') return { outcome } as const;
      if (outcome === 'configured')
        return {
          outcome: 'changed',
          settings: next.settings,
          mixer: mixer ? MixerId.parse(mixer) : null,
        } as const;
    }
  }

  async end(
    id: SessionId,
    condition: EndIf,
    left: readonly NewEvent<'participant:left'>[],
    ended: NewEvent<'session:ended'>,
  ) {
    const at = condition.kind === 'empty-since' ? condition.at : 0;
    const facts = left.flatMap((each) => [each.data.participantId, ...told(each)]);
    const args = [condition.kind, at, COUNTER_SECONDS, ...told(ended), ...facts];
    const [outcome, mixer] = await this.#run(id, scripts.end, args);
    if (outcome === 'ended') return { outcome, mixer: mixer ? MixerId.parse(mixer) : null } as const;
    return { outcome: outcome === 'missing' || outcome === 'changed' ? outcome : 'kept' } as const;
  }

  async place(id: SessionId, mixer: MixerId, moved: (loss: Loss) => NewEvent<'room:moved'>) {
    for (;;) {
      const loss = await this.#loss(id);
      const args = loss ? [loss.at, ...told(moved(loss))] : [''];
      const [outcome, winner, epoch, former] = await this.#run(id, scripts.place, [mixer, ...args]);
      if (outcome === 'missing') return { outcome } as const;
      if (outcome !== 'found' && outcome !== 'claimed') continue; // lost or found again since it was read
      const place = { mixer: MixerId.parse(winner), epoch: Number(epoch) };
      if (outcome === 'found') return { outcome, ...place } as const;
      return { outcome, ...place, former: former ? MixerId.parse(former) : null } as const;
    }
  }

  async unplace(id: SessionId, { mixer, epoch }: Place, loss: Loss | null) {
    const args = loss ? [loss.at, loss.why] : ['', ''];
    const [outcome] = await this.#run(id, scripts.unplace, [mixer, epoch, ...args]);
    return outcome === 'unplaced';
  }

  async placedAt(mixer: MixerId): Promise<SessionId[]> {
    const members = await this.#redis.zrangebylex(keys.rooms, `[${mixer} `, `(${mixer}!`);
    return members.map((member) => SessionId.parse(member.slice(mixer.length + 1)));
  }

  async homeless(limit: number): Promise<SessionId[]> {
    const ids = await this.#redis.srandmember(keys.homelessRooms, limit);
    return ids.map((id) => SessionId.parse(id));
  }

  async #loss(id: SessionId): Promise<Loss | null> {
    const [lostAt, why] = await this.#redis.hmget(keys.placement(id), 'lostAt', 'why');
    if (!lostAt) return null;
    const stored = StoredLoss.parse({ lostAt, why });
    return { at: stored.lostAt, why: stored.why };
  }

  async dueSeats(now: number, limit: number) {
    const members = await this.#redis.zrangebyscore(keys.departures, '-inf', now, 'LIMIT', 0, limit);
    return members.map((member) => {
      const [session, participant] = member.split(' ');
      return { sessionId: SessionId.parse(session), participantId: ParticipantId.parse(participant) };
    });
  }

  async emptySince(before: number, limit: number) {
    const ids = await this.#redis.zrangebyscore(keys.emptySessions, '-inf', before, 'LIMIT', 0, limit);
    return ids.map((id) => SessionId.parse(id));
  }

  async renewHub(hub: string, until: number): Promise<void> {
    await this.#redis.zadd(keys.hubs, until, hub);
  }

  lapsedHubs(now: number): Promise<string[]> {
    return this.#redis.zrangebyscore(keys.hubs, '-inf', now);
  }

  async forgetHub(hub: string): Promise<void> {
    await this.#redis.zrem(keys.hubs, hub);
  }

  async #run(id: SessionId, script: Script, args: readonly (string | number)[]) {
    const { departures, emptySessions, liveSessions, events, eventChannel } = keys;
    const owned = [keys.session(id), keys.participants(id), departures, emptySessions, liveSessions];
    const placing = [keys.placement(id), keys.rooms, keys.homelessRooms];
    const scriptKeys = [...owned, events, keys.seq(id), keys.formerParticipants(id), ...placing];
    for (let attempt = 1; ; attempt += 1) {
      const reply = await script.run(this.#redis, scriptKeys, [id, eventChannel, SEEN_SECONDS, ...args]);
      const answer = Answer.parse(reply);
      if (answer[0] !== 'no-counter') return answer;
      if (attempt === ATTEMPTS) throw new Error(`The event counter of ${id} could not be restored`);
      await this.#restoreCounter(id);
    }
  }
}

const Former = z.enum(['left', 'removed', 'disconnected']).catch('disconnected');
const BARRED: readonly string[] = ['full', 'locked', 'left', 'removed'] satisfies Barred['outcome'][];
const isMissing = (outcome: string): outcome is 'missing' => outcome === 'missing';
const isBarred = (outcome: string): outcome is Barred['outcome'] => BARRED.includes(outcome);
const asChange = (outcome: string) =>
  outcome === 'changed' || outcome === 'unchanged' ? outcome : 'missing';

/** A fact as a script takes it: the key that remembers it, and its body. */
function told(event: NewEvent): [string, string] {
  return [keys.eventSeen(event.sessionId, event.id), JSON.stringify(event)];
}
