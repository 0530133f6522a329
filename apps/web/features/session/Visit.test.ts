import { AppError, type AddedParticipant, type SessionView } from '@parley/contract';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Microphone, MicrophoneState } from '../../lib/audio/Microphone.ts';
import { Unreachable } from '../../lib/problem.ts';
import type { Seat } from '../../lib/storage.ts';
import { Store } from '../../lib/store.ts';
import { connect } from './testing/connect.ts';
import { ADA, SESSION, seat, session } from './testing/samples.ts';
import { Visit, type VisitPorts } from './Visit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const added: AddedParticipant = {
  participantId: ADA,
  token: 'a-token',
  historyToken: 'reads',
  role: 'speaker',
  iceServers: [],
};

function visiting(change: { session?: () => Promise<SessionView>; seat?: Seat; ownerToken?: string } = {}) {
  const worlds: ReturnType<typeof connect>[] = [];
  const kept = { seat: change.seat, ownerToken: change.ownerToken ?? null, historyToken: '', name: '' };
  const microphone = {
    state: new Store<MicrophoneState>({ at: 'off' }),
    open: vi.fn(async () => undefined),
    close: vi.fn(),
  };
  const ports: VisitPorts = {
    api: {
      getSession: vi.fn(change.session ?? (async () => session())),
      addParticipant: vi.fn(async () => added),
    },
    storage: {
      loadSeat: () => kept.seat,
      saveSeat: (_id, next) => void (kept.seat = next ?? undefined),
      loadOwnerToken: () => kept.ownerToken,
      saveOwnerToken: (_id, token) => void (kept.ownerToken = token),
      saveHistoryToken: (_id, token) => void (kept.historyToken = token),
      saveName: (name) => void (kept.name = name),
    },
    connect: ({ seat: taken }) => {
      const world = connect(taken);
      worlds.push(world);
      return world.connection;
    },
    microphone: microphone as unknown as Microphone,
  };
  const visit = new Visit(SESSION, ports);
  return { visit, ports, kept, microphone, worlds, at: () => visit.state.get().at };
}

describe('looking', () => {
  test('finds a live session and shows its lobby', async () => {
    const { visit, at } = visiting();
    await visit.look();
    expect(at()).toBe('lobby');
    visit.close();
  });

  test('finds an ended one and shows what is left of it', async () => {
    const { visit, kept, at } = visiting({ session: async () => session({ state: 'ended' }), seat: seat() });
    await visit.look();
    expect([at(), kept.seat]).toEqual(['ended', undefined]);
  });

  test.each([
    [new AppError('session-not-found', ''), true],
    [new AppError('not-found', ''), true],
    [new Unreachable(), false],
    [new AppError('internal', 'Oh'), false],
  ])('says in words that %s', async (problem, missing) => {
    const { visit } = visiting({ session: () => Promise.reject(problem) });
    await visit.look();
    expect(visit.state.get()).toMatchObject({ at: 'trouble', missing });
  });

  test('after a reload goes straight back to the same seat', async () => {
    const { visit, microphone, worlds, at } = visiting({ seat: seat() });
    await visit.look();
    expect([at(), microphone.open.mock.calls.length, worlds[0]?.hub.opened]).toEqual(['room', 1, 1]);
    visit.close();
  });

  test('that was closed meanwhile shows nothing', async () => {
    const late = Promise.withResolvers<SessionView>();
    const { visit, at } = visiting({ session: () => late.promise });
    const looking = visit.look();
    visit.close();
    late.resolve(session());
    await looking;
    expect(at()).toBe('looking');
  });
});

describe('the lobby', () => {
  test('keeps looking who is there, and notices the end', async () => {
    let now = session();
    const { visit, at } = visiting({ session: async () => now });
    await visit.look();
    now = session({ title: 'Renamed' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(visit.state.get()).toMatchObject({ at: 'lobby', session: { title: 'Renamed' } });
    now = session({ state: 'ended' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(at()).toBe('ended');
  });
});

describe('joining', () => {
  test('asks for a place, keeps it for this tab, and enters', async () => {
    const { visit, ports, kept, at } = visiting();
    await visit.look();
    await visit.join('Ada', false);
    expect(ports.api.addParticipant).toHaveBeenCalledWith(SESSION, { name: 'Ada', role: 'speaker' }, null);
    expect([at(), kept.seat?.token, kept.name]).toEqual(['room', 'a-token', 'Ada']);
    visit.close();
  });

  test('to listen takes a listener’s place', async () => {
    const { visit, ports } = visiting();
    await visit.look();
    await visit.join('Ada', true);
    expect(ports.api.addParticipant).toHaveBeenCalledWith(SESSION, { name: 'Ada', role: 'listener' }, null);
    visit.close();
  });

  test('the session that this device made is joined as its owner', async () => {
    const { visit, ports } = visiting({ ownerToken: 'owner-token' });
    await visit.look();
    await visit.join('Ada', false);
    expect(ports.api.addParticipant).toHaveBeenCalledWith(
      SESSION,
      { name: 'Ada', role: 'owner' },
      'owner-token',
    );
    visit.close();
  });

  test('with an owner token that is no longer taken joins as anybody, and forgets it', async () => {
    const { visit, ports, kept, at } = visiting({ ownerToken: 'old' });
    vi.mocked(ports.api.addParticipant).mockRejectedValueOnce(new AppError('bad-token', 'Old.'));
    await visit.look();
    await visit.join('Ada', false);
    expect([at(), kept.ownerToken]).toEqual(['room', null]);
    visit.close();
  });

  test('that fails stays in the lobby with words', async () => {
    const { visit, ports } = visiting();
    vi.mocked(ports.api.addParticipant).mockRejectedValueOnce(new AppError('session-full', 'Full.'));
    await visit.look();
    await visit.join('Ada', false);
    expect(visit.state.get()).toMatchObject({
      at: 'lobby',
      joining: false,
      problem: { title: 'This session is full' },
    });
    visit.close();
  });

  test('pressed twice asks once', async () => {
    const { visit, ports } = visiting();
    await visit.look();
    await Promise.all([visit.join('Ada', false), visit.join('Ada', false)]);
    expect(ports.api.addParticipant).toHaveBeenCalledTimes(1);
    visit.close();
  });
});

describe('after the room', () => {
  async function inRoom() {
    const world = visiting();
    await world.visit.look();
    await world.visit.join('Ada', false);
    const hub = world.worlds[0]?.hub;
    hub?.handlers.onConnect();
    await vi.advanceTimersByTimeAsync(0);
    return { ...world, hub };
  }

  test('the seat is given up, so that a reload does not sneak back in', async () => {
    const { hub, kept, microphone, at } = await inRoom();
    hub?.handlers.onGoodbye({ why: 'replaced' });
    expect([at(), kept.seat, microphone.close.mock.calls.length]).toEqual(['gone', undefined, 1]);
  });

  test('it can be taken back from the other tab', async () => {
    const { visit, hub, kept, worlds, at } = await inRoom();
    hub?.handlers.onGoodbye({ why: 'replaced' });
    const state = visit.state.get();
    if (state.at === 'gone') visit.enterAgain(state.seat);
    expect([at(), worlds.length, kept.seat?.token]).toEqual(['room', 2, 'a-token']);
    visit.close();
  });

  test('an ended session shows what was said', async () => {
    const { visit, hub } = await inRoom();
    hub?.handlers.onGoodbye({ why: 'session-ended', reason: 'idle' });
    expect(visit.state.get()).toMatchObject({
      at: 'ended',
      justNow: true,
      session: { state: 'ended', endReason: 'idle', participantCount: 0 },
    });
  });

  test('closing closes the connection and the microphone', async () => {
    const { visit, hub, microphone } = await inRoom();
    visit.close();
    expect([hub?.closed, microphone.close.mock.calls.length]).toEqual([1, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
