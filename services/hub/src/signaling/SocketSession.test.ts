import { AppError, newEventId, newParticipantId, newSessionId, PROTOCOL_VERSION } from '@parley/contract';
import type { Ack, Presence, EventData, EventType, SessionEvent } from '@parley/contract';
import { silentLog } from '@parley/kit/log';
import { expect, test, vi } from 'vitest';
import { SocketSession } from './SocketSession.ts';
import type { SocketSessionOptions } from './SocketSession.ts';

const sessionId = newSessionId();
const participantId = newParticipantId();
const claims = { sessionId, participantId, role: 'speaker', name: 'Anna' } as const;
const JOIN = { protocol: PROTOCOL_VERSION, afterSeq: 0 };

function event<Type extends EventType>(seq: number, type: Type, data: EventData<Type>): SessionEvent {
  return { id: newEventId(), sessionId, seq, at: seq, type, data } as SessionEvent;
}
const muted = (seq: number) => event(seq, 'participant:muted', { participantId, muted: true });
const left = (seq: number, reason: EventData<'participant:left'>['reason'], who = participantId) =>
  event(seq, 'participant:left', { participantId: who, name: 'Anna', reason });

/** What of a join's answer matters here. */
interface Joined {
  session: { id: typeof sessionId; participants: (Presence & { id: Presence['participantId'] })[] };
  events: SessionEvent[];
}
const JOINED: Joined = { session: { id: sessionId, participants: [] }, events: [] };

function setUp(change: { ready?: boolean; joinFails?: boolean } = {}) {
  const said: unknown[] = [];
  const state = {
    participants: [] as Joined['session']['participants'],
    presence: [] as Presence[],
    connected: true,
    joinFails: change.joinFails ?? false,
    ready: change.ready ?? true,
  };
  const handlers = {
    'session:join': vi.fn(() =>
      state.joinFails
        ? Promise.reject(new AppError('no-mixer', 'None.'))
        : Promise.resolve({
            session: { id: sessionId, participants: state.participants },
            events: [muted(1), muted(2)],
          }),
    ),
    'session:leave': vi.fn(() => Promise.resolve({})),
    'session:end': vi.fn((): Promise<object> => Promise.resolve({})),
    'participant:mute': vi.fn(() => Promise.reject(new Error('a fault of ours, with a secret'))),
  };
  const detach = vi.fn(() => Promise.resolve());
  const undo = vi.fn();
  const lost = new Set<() => void>();
  const session = new SocketSession({
    wire: {
      get connected() {
        return state.connected;
      },
      emit: (name, ...args: unknown[]) =>
        void said.push(name === 'event' ? (args[0] as SessionEvent).seq : [name, ...args]),
      enter: () => void said.push('entered'),
      close: () => {
        state.connected = false;
        said.push('closed');
      },
    },
    caller: { claims, connection: 'hub/1' },
    handlers: handlers as unknown as SocketSessionOptions['handlers'],
    membership: { detach, presence: () => Promise.resolve(state.presence) },
    relay: { attach: () => Promise.resolve(undo) },
    measures: { command: vi.fn() } as unknown as SocketSessionOptions['measures'],
    memory: {
      get isThere() {
        return state.ready;
      },
      onLost: (handler) => {
        lost.add(handler);
        return () => void lost.delete(handler);
      },
    },
    log: silentLog,
  });
  const ask = (name: string, request?: unknown) =>
    new Promise<Ack<unknown>>((resolve) => session.receive(name, [request, resolve]));
  const joined = async () => {
    await ask('session:join', JOIN);
    said.length = 0;
  };
  return { session, said, state, handlers, detach, undo, lost, ask, joined };
}

test('H11 facts that come while joining follow the answer, without those it has', async () => {
  const { session, said } = setUp();
  const answered = new Promise((resolve) =>
    session.receive('session:join', [
      JOIN,
      () => {
        said.push('answer');
        resolve(undefined);
      },
    ]),
  );
  for (const seq of [2, 3, 4]) session.deliver(muted(seq));
  await answered;
  session.deliver(muted(4));
  session.deliver(muted(5));
  expect(said).toEqual(['entered', 'answer', 3, 4, 5]);
});

test('H3 whoever came back or went while the answer was made is told after it; who did not, is not', async () => {
  const { session, said, state, ask } = setUp();
  const [back, gone, same] = [newParticipantId(), newParticipantId(), newParticipantId()];
  const ids = [back, gone, same];
  const of = (away: readonly boolean[]) =>
    ids.map((id, i) => ({ id, participantId: id, away: away[i] ?? false }));
  state.participants = of([true, false, true]);
  state.presence = of([false, true, true]).map(({ participantId: who, away }) => ({
    participantId: who,
    away,
  }));
  await ask('session:join', JOIN);
  await session.idle;
  await vi.waitFor(() =>
    expect(said).toEqual([
      'entered',
      ['presence', { participantId: back, away: false }],
      ['presence', { participantId: gone, away: true }],
    ]),
  );
});

test('H11 a second join that fails lets the facts flow on', async () => {
  const { session, said, state, ask, joined } = setUp();
  await joined();
  state.joinFails = true;
  const failing = ask('session:join', JOIN);
  await Promise.resolve();
  session.deliver(muted(3));
  expect(await failing).toMatchObject({ ok: false, error: { code: 'no-mixer' } });
  expect(said).toEqual([3]);
});

test('H3 a socket whose seat was given up is told to join anew; others are not, nor one that leaves', async () => {
  const { session, said, ask, joined } = setUp();
  await joined();
  session.deliver(left(3, 'disconnected', newParticipantId()));
  expect(said).toEqual([3]);
  session.deliver(left(4, 'disconnected'));
  expect(said).toEqual([3, 4, ['room:reset']]);
  said.length = 0;
  const leaving = ask('session:leave', {});
  session.deliver(left(5, 'left'));
  await leaving;
  expect(said).toEqual([5, ['goodbye', { why: 'left' }], 'closed']);
});

test('the end of the session is the last it hears, after the answer to whoever ended it', async () => {
  const { session, said, handlers, ask, joined } = setUp();
  await joined();
  const ending = Promise.withResolvers<object>();
  handlers['session:end'].mockReturnValueOnce(ending.promise);
  const ended = ask('session:end', {});
  await vi.waitFor(() => expect(handlers['session:end']).toHaveBeenCalled(), { timeout: 30_000 });
  session.deliver(left(3, 'session-ended'));
  session.deliver(event(4, 'session:ended', { reason: 'idle' }));
  expect(said).toEqual([3, 4]);
  ending.resolve({});
  expect(await ended).toEqual({ ok: true, data: {} });
  await session.idle;
  expect(said).toEqual([3, 4, ['goodbye', { why: 'session-ended', reason: 'idle' }], 'closed']);
});

test('H3 a connection that breaks gives its seat back, once it has one, and not after it left', async () => {
  const never = setUp();
  never.session.disconnected();
  await never.session.idle;
  expect(never.detach).not.toHaveBeenCalled();

  const broken = setUp();
  await broken.joined();
  broken.session.disconnected();
  await broken.session.idle;
  expect(broken.detach).toHaveBeenCalledExactlyOnceWith(sessionId, participantId, 'hub/1');
  expect(broken.undo).toHaveBeenCalled();

  const gone = setUp();
  await gone.joined();
  await gone.ask('session:leave', {});
  gone.session.disconnected();
  await gone.session.idle;
  expect(gone.detach).not.toHaveBeenCalled();
});

test('H3 of a socket that is gone only the leave is still carried out', async () => {
  const { session, state, handlers, joined } = setUp();
  await joined();
  state.connected = false;
  session.receive('participant:mute', [{ muted: true }]);
  session.receive('session:leave', [{}]);
  await session.idle;
  expect(handlers['participant:mute']).not.toHaveBeenCalled();
  expect(handlers['session:leave']).toHaveBeenCalled();
});

test('H13 a fault of ours is called so and tells nothing of itself', async () => {
  const { ask, joined } = setUp();
  await joined();
  const ack = await ask('participant:mute', { muted: true });
  expect(ack).toMatchObject({ ok: false, error: { code: 'internal' } });
  expect(JSON.stringify(ack)).not.toContain('secret');
});

test('H13 what is nested without end is refused', async () => {
  const { ask, joined } = setUp();
  await joined();
  let deep: unknown = {};
  for (let n = 0; n < 50_000; n += 1) deep = [deep];
  expect(await ask('transport:connect', { transportId: 't', dtlsParameters: { deep } })).toMatchObject({
    ok: false,
    error: { code: 'bad-request' },
  });
});

test('H13 without Redis nobody waits for an answer', async () => {
  const { ask } = setUp({ ready: false });
  expect(await ask('session:join', JOIN)).toMatchObject({ ok: false, error: { code: 'not-ready' } });
});

test('H13 who waits when Redis goes away is answered at once, and can join again afterwards', async () => {
  const { handlers, said, lost, ask } = setUp();
  const first = Promise.withResolvers<Joined>();
  handlers['session:join'].mockReturnValueOnce(first.promise);
  const waiting = ask('session:join', JOIN);
  await vi.waitFor(() => expect(handlers['session:join']).toHaveBeenCalled(), { timeout: 30_000 });
  for (const handler of lost) handler();
  expect(await waiting).toMatchObject({ ok: false, error: { code: 'not-ready' } });
  expect(await ask('session:join', JOIN)).toMatchObject({ ok: true });
  first.resolve(JOINED);
  await first.promise;
  expect(said).toEqual(['entered']);
  expect(lost.size).toBe(0);
});
