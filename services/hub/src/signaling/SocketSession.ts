import { AppError, parseOrThrow, SIGNALING_COMMANDS, toErrorBody } from '@parley/contract';
import type {
  Ack,
  Goodbye,
  HubToClient,
  SessionEvent,
  SignalingCommand,
  SignalingReply,
  SignalingRequest,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';
import { beginSpan } from '@parley/kit/tracing';
import { noMemory } from '../session/access.ts';
import type { Measures, Memory } from '../session/ports.ts';
import type { Membership } from '../session/Membership.ts';
import type { Caller, createHandlers } from './commands.ts';
import type { FactListener, FactRelay } from './FactRelay.ts';
import { InOrder } from './InOrder.ts';

/** The socket as this class needs it. */
export interface Wire {
  readonly connected: boolean;
  emit<Name extends keyof HubToClient>(name: Name, ...args: Parameters<HubToClient[Name]>): void;
  /** Lets the socket hear what is said to its session and to its participant. */
  enter(): void;
  close(): void;
}

export interface SocketSessionOptions {
  wire: Wire;
  caller: Caller;
  handlers: ReturnType<typeof createHandlers>;
  membership: Pick<Membership, 'detach' | 'presence'>;
  relay: Pick<FactRelay, 'attach'>;
  measures: Measures;
  memory: Memory;
  log: Log;
}

/** A request longer than this is refused. Real ones are a few thousand characters. */
const MAX_REQUEST = 128 * 1_024;
/** Commands of one socket that may wait for each other. */
const MAX_WAITING = 100;

type Reply = (ack: Ack<unknown>) => void;

/**
 * One socket of one participant: its commands run in their order and are each answered once (H13); its facts come in
 * theirs, and none before the answer to the join that they follow (H11).
 */
export class SocketSession implements FactListener {
  readonly #options: SocketSessionOptions;
  readonly #order = new InOrder(MAX_WAITING);
  /** Facts that wait for the answer to a join; undefined while they flow. */
  #held: SessionEvent[] | undefined = [];
  #sentSeq = 0;
  /** The latest join, to tell it from one that was given up. */
  #join: object | undefined;
  #stage: 'outside' | 'joining' | 'inside' | 'leaving' | 'left' = 'outside';
  #detach: (() => void) | undefined;

  constructor(options: SocketSessionOptions) {
    this.#options = options;
  }

  get joining(): boolean {
    return this.#stage === 'joining';
  }

  /** Settles when every command that came has been answered. */
  get idle(): Promise<void> {
    return this.#order.idle;
  }

  /** Whatever came over the socket: any name, any arguments, perhaps a function to answer by as the last. */
  receive(name: string, args: readonly unknown[]): void {
    const last = args.at(-1);
    let answered = false;
    const reply: Reply = (ack) => {
      if (answered) return;
      answered = true;
      if (typeof last === 'function') (last as Reply)(ack);
    };
    const request = typeof last === 'function' && args.length === 1 ? undefined : args[0];
    if (!this.#order.run(() => this.#answer(name, request, reply)))
      reply({ ok: false, error: tooMany.body() });
  }

  /** The socket is gone: the seat waits for the participant, unless it was left. */
  disconnected(): void {
    this.#order.runAnyway(async () => {
      this.#detach?.();
      if (this.#stage === 'outside' || this.#stage === 'left') return;
      await this.#giveBack();
    });
  }

  deliver(event: SessionEvent): void {
    if (this.#held) this.#held.push(event);
    else this.#send(event);
  }

  goodbye(reason: Goodbye): void {
    this.#options.wire.emit('goodbye', reason);
    this.#options.wire.close();
  }

  async #answer(name: string, request: unknown, reply: Reply): Promise<void> {
    const { caller, measures, log, wire } = this.#options;
    if (!wire.connected && name !== 'session:leave') return;
    const began = performance.now();
    const known = Object.hasOwn(SIGNALING_COMMANDS, name) ? (name as SignalingCommand) : undefined;
    const span = beginSpan(known ?? 'unknown', {
      kind: 'server',
      parent: null,
      attributes: { 'parley.session.id': caller.claims.sessionId },
    });
    const settled = (outcome: string, error?: unknown) => {
      measures.command(known ?? 'unknown', outcome, performance.now() - began);
      span.end(error);
    };
    try {
      if (!known) throw new AppError('bad-request', `There is no command '${name.slice(0, 40)}'.`);
      const data = await span.run(() => this.#remembering(() => this.#run(known, request)));
      settled('ok');
      reply({ ok: true, data });
      this.#after(known);
      if (known === 'session:join') void this.#correct(data as SignalingReply<'session:join'>);
    } catch (error) {
      const body = toErrorBody(error);
      settled(body.code, error);
      if (this.#stage === 'leaving') this.#stage = 'inside';
      if (body.code === 'internal') log.error({ err: error, command: known }, 'command failed');
      else log.debug({ code: body.code, command: known }, 'command refused');
      reply({ ok: false, error: body });
    }
  }

  /** Runs `work` as long as Redis is there; whoever asked is not kept waiting for its return. */
  async #remembering<Result>(work: () => Promise<Result>): Promise<Result> {
    const { memory } = this.#options;
    if (!memory.isThere) throw noMemory();
    const { promise: lost, reject } = Promise.withResolvers<never>();
    const undo = memory.onLost(() => reject(noMemory()));
    try {
      return await Promise.race([work(), lost]);
    } finally {
      undo();
    }
  }

  async #run(name: SignalingCommand, request: unknown): Promise<unknown> {
    checkSize(request);
    const parsed = parseOrThrow(SIGNALING_COMMANDS[name].request, request);
    if (name === 'session:join') return this.#enter(parsed as SignalingRequest<'session:join'>);
    if (this.#stage !== 'inside') throw new AppError('conflict', 'Join the session first.');
    if (name === 'session:leave') this.#stage = 'leaving';
    const handler = this.#options.handlers[name] as (caller: Caller, request: unknown) => Promise<unknown>;
    return handler(this.#options.caller, parsed);
  }

  async #enter(request: SignalingRequest<'session:join'>) {
    const { handlers, caller, relay, wire } = this.#options;
    const before = this.#stage === 'inside' ? 'inside' : 'outside';
    const join = (this.#join = {});
    this.#stage = 'joining';
    this.#held ??= [];
    try {
      this.#detach ??= await relay.attach(caller.claims.sessionId, this);
      const joined = await handlers['session:join'](caller, request);
      // The socket may have gone while this join was given up for Redis being away: nobody else gives its seat back.
      if (!wire.connected) await this.#giveBack();
      if (this.#join !== join) throw new AppError('conflict', 'Another join has come since.');
      this.#sentSeq = joined.events.at(-1)?.seq ?? request.afterSeq;
      this.#stage = 'inside';
      wire.enter();
      return joined;
    } catch (error) {
      if (this.#join === join) {
        this.#stage = before;
        if (before === 'inside') this.#flow();
      }
      throw error;
    }
  }

  async #giveBack(): Promise<void> {
    const { membership, caller, log } = this.#options;
    const { sessionId, participantId } = caller.claims;
    await membership
      .detach(sessionId, participantId, caller.connection)
      .catch((error: unknown) => log.error({ err: error }, 'seat not released'));
  }

  /** What follows an answer. */
  #after(name: SignalingCommand): void {
    if (name === 'session:join') this.#flow();
    if (name !== 'session:leave') return;
    this.#stage = 'left';
    this.#detach?.();
    this.goodbye({ why: 'left' });
  }

  /**
   * Who came back or went between the moment that the answer shows and the moment since which this socket hears of it:
   * a presence has no place in the history that could be asked for.
   */
  async #correct({ session }: SignalingReply<'session:join'>): Promise<void> {
    const { membership, wire, log } = this.#options;
    const told = new Map(session.participants.map(({ id, away }) => [id, away]));
    try {
      for (const each of await membership.presence(session.id))
        if (told.get(each.participantId) === !each.away) wire.emit('presence', each);
    } catch (error) {
      log.warn({ err: error }, 'presence not looked at again');
    }
  }

  #flow(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) this.#send(event);
  }

  #send(event: SessionEvent): void {
    if (event.seq <= this.#sentSeq) return;
    this.#sentSeq = event.seq;
    this.#options.wire.emit('event', event);
    if (event.type === 'session:ended') {
      const { reason } = event.data;
      // In turn: whoever ended it is answered first.
      this.#order.runAnyway(() => Promise.resolve(this.goodbye({ why: 'session-ended', reason })));
    } else if (this.#isMine(event, 'removed')) this.goodbye({ why: 'removed' });
    else if (this.#stage === 'inside' && this.#isMine(event, 'disconnected'))
      // The seat was given up although this socket lives: it was not heard of for too long, and has to join anew.
      this.#options.wire.emit('room:reset');
  }

  /** This participant's own seat was taken away, for this reason. */
  #isMine(event: SessionEvent, reason: 'removed' | 'disconnected'): boolean {
    return (
      event.type === 'participant:left' &&
      event.data.reason === reason &&
      event.data.participantId === this.#options.caller.claims.participantId
    );
  }
}

function checkSize(request: unknown): void {
  let length: number;
  try {
    length = JSON.stringify(request ?? null).length;
  } catch (error) {
    throw new AppError('bad-request', 'The request is nested too deeply.', { cause: error });
  }
  if (length > MAX_REQUEST)
    throw new AppError('payload-too-large', `A request has at most ${MAX_REQUEST} characters.`);
}

const tooMany = new AppError('rate-limited', `More than ${MAX_WAITING} commands wait. Wait for the answers.`);
