import { keys, ParticipantId, type SessionId } from '@parley/contract';
import type { Redis } from '@parley/kit/redis';
import { z } from 'zod';
import type { Hubs, TestHub } from '../../integration/hub/startHubs.ts';
import { HubError } from '../../support/HubApi.ts';
import { SignalingClient } from '../../support/SignalingClient.ts';
import { holds, Model, type Snapshot } from './Model.ts';

const StoredSeat = z.object({
  id: ParticipantId,
  state: z.string(),
  connection: z.string(),
  muted: z.boolean(),
});
/** Tokens of those who are in, were in, or have left for good. */
const KNOWN = 20;

/** What socket.io's client says when somebody closes the socket while an answer is waited for. */
const CUT = 'socket has been disconnected';

interface Person {
  id: ParticipantId;
  token: string;
  sockets: SignalingClient[];
}
type Act = 'come' | 'reserve' | 'return' | 'drop' | 'leave' | 'mute';
const ACTS: readonly Act[] = [
  'come',
  'come',
  'reserve',
  'return',
  'return',
  'return',
  'drop',
  'drop',
  'leave',
  'mute',
  'mute',
  'mute',
];

/** One session and a crowd that comes and goes at random, at any of the hubs, several of them at once. */
export class Crowd {
  readonly counts = new Map<string, number>();
  readonly #session: { id: SessionId; ownerToken: string };
  readonly #hubs: readonly TestHub[];
  readonly #redis: Redis;
  readonly #random: () => number;
  readonly #model: Model;
  readonly #people: Person[] = [];

  private constructor(
    session: { id: SessionId; ownerToken: string },
    { hubs, redis, random, max }: CrowdOptions,
  ) {
    this.#session = session;
    this.#hubs = hubs;
    this.#redis = redis;
    this.#random = random;
    this.#model = new Model(max);
  }

  static async open(options: CrowdOptions): Promise<Crowd> {
    const created = await options.hubs[0]?.api.createSession();
    if (!created) throw new Error('No hub');
    return new Crowd({ id: created.session.id, ownerToken: created.ownerToken }, options);
  }

  /** Up to `most` acts at once, then every invariant. Returns how many. */
  async step(most: number): Promise<number> {
    const count = 1 + Math.floor(this.#random() * most);
    await Promise.all(Array.from({ length: count }, () => this.#act(this.#pick(ACTS) ?? 'come')));
    await this.check();
    if (this.#people.length > KNOWN) this.#forgetOne();
    return count;
  }

  async check(): Promise<void> {
    const snapshot = await this.#snapshot();
    const hub = this.#hub();
    while (this.#model.seq < snapshot.seq) {
      const after = String(this.#model.seq);
      const events = await hub.api.events(this.#session.id, { after, limit: '1000' });
      const told = events.filter(({ seq }) => seq > this.#model.seq && seq <= snapshot.seq);
      holds(told.length > 0, `H12 nothing is told after ${after}, the counter is at ${snapshot.seq}`);
      this.#model.take(told);
    }
    this.#model.compare(snapshot);
  }

  /** Ends the session; its state is gone from Redis. */
  async close(): Promise<void> {
    await this.check();
    await this.#hub().api.endSession(this.#session.id, this.#session.ownerToken);
    for (const { sockets } of this.#people) for (const socket of sockets) socket.close();
    const { id } = this.#session;
    const left = await this.#redis.exists(
      keys.session(id),
      keys.participants(id),
      keys.formerParticipants(id),
    );
    holds(left === 0, 'H5 an ended session is still in Redis');
  }

  async #act(act: Act): Promise<void> {
    const person = this.#pick(this.#people);
    try {
      if (act === 'come' || act === 'reserve' || !person) await this.#come(act !== 'reserve');
      else if (act === 'return') await this.#return(person);
      else await this.#withSocket(person, act);
      this.#count(act);
    } catch (error) {
      if (error instanceof Error && error.message === CUT) return this.#count(`${act}: cut`);
      if (!(error instanceof HubError)) throw error;
      this.#count(`${act}: ${error.code}`);
      const known = [
        'session-full',
        'bad-token',
        'participant-not-found',
        'conflict',
        'replaced',
        'not-joined',
        'bad-request',
      ];
      holds(known.includes(error.code), `${act} was answered ${error.message}`);
    }
  }

  async #come(joins: boolean): Promise<void> {
    const added = await this.#hub().api.addParticipant(this.#session.id, 'Somebody');
    const person: Person = { id: added.participantId, token: added.token, sockets: [] };
    this.#people.push(person);
    if (joins) await this.#return(person);
  }

  async #return(person: Person): Promise<void> {
    const final = this.#model.hasLeft(person.id);
    const socket = await SignalingClient.connect(this.#hub().url, person.token);
    person.sockets.push(socket);
    const ack = await socket.send('session:join', { protocol: 1, afterSeq: 2_000_000_000 });
    holds(!(final && ack.ok), `H17 ${person.id} had left and was let in`);
    if (!ack.ok) {
      socket.close();
      throw new HubError(0, ack.error.code, ack.error.message);
    }
  }

  async #withSocket(person: Person, act: 'drop' | 'leave' | 'mute'): Promise<void> {
    const socket = this.#pick(person.sockets.filter(({ connected }) => connected));
    if (!socket) return;
    if (act === 'drop') socket.close();
    else if (act === 'leave') await socket.ask('session:leave', {});
    else await socket.ask('participant:mute', { muted: this.#random() < 0.5 });
  }

  #forgetOne(): void {
    const index = this.#people.findIndex(({ id }) => this.#model.hasLeft(id));
    if (index < 0) return;
    for (const { sockets } of this.#people.splice(index, 1)) for (const socket of sockets) socket.close();
  }

  /** In one step: facts and state must fit at every moment. */
  async #snapshot(): Promise<Snapshot> {
    const { id } = this.#session;
    const replies = await this.#redis.multi().get(keys.seq(id)).hvals(keys.participants(id)).exec();
    const [seq, seats] = (replies ?? []).map(([, reply]) => reply);
    return {
      seq: Number(seq),
      seats: (seats as string[]).map((text) => StoredSeat.parse(JSON.parse(text))),
    };
  }

  #hub(): TestHub {
    const hub = this.#pick(this.#hubs);
    if (!hub) throw new Error('No hub');
    return hub;
  }

  #pick<Each>(list: readonly Each[]): Each | undefined {
    return list[Math.floor(this.#random() * list.length)];
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

export interface CrowdOptions {
  hubs: readonly TestHub[];
  redis: Hubs['redis'];
  /** 0 ≤ x < 1 */
  random: () => number;
  max: number;
}
