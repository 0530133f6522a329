import { AppError, PROTOCOL_VERSION } from '@parley/contract';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { inRoom, settled } from './testing/connect.ts';
import { ADA, BEN, event, joined, joinReply, person, session } from './testing/samples.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const roomState = {
  type: 'room:state',
  sources: [
    { participantId: ADA, producerId: 'mine', muted: false },
    { participantId: BEN, producerId: 'his', muted: false },
  ],
  assistantProducerId: 'voice',
  assistant: { phase: 'listening', simulated: true, message: null },
};

describe('joining', () => {
  test('asks with the protocol, and greets the room when the channels are open', async () => {
    const { hub, media, now } = await inRoom();
    expect(hub.asked[0]).toEqual({
      name: 'session:join',
      body: { protocol: PROTOCOL_VERSION, afterSeq: 0, resume: false },
    });
    expect(media[0]?.sent.map((text) => JSON.parse(text))).toEqual([
      { type: 'hello', protocol: PROTOCOL_VERSION },
    ]);
    expect(now()).toMatchObject({ link: { at: 'live' }, media: 'up' });
  });

  test('hears everybody but oneself', async () => {
    const { media, tell } = await inRoom();
    tell(roomState);
    expect([...(media[0]?.wanted ?? [])]).toEqual([
      ['voice', 'assistant'],
      ['his', BEN],
    ]);
  });

  test.each([
    ['session-ended', { why: 'ended', reason: null }],
    ['bad-token', { why: 'refused', reload: false }],
    ['protocol-mismatch', { why: 'refused', reload: true }],
    ['session-full', { why: 'refused', reload: false }],
    ['session-locked', { why: 'refused', reload: false }],
    ['removed', { why: 'removed' }],
  ] as const)('that is refused with %s is over', async (code, over) => {
    const { now, hub } = await inRoom(
      {},
      {
        'session:join': () => {
          throw new AppError(code, 'No.');
        },
      },
    );
    expect(now().link).toMatchObject({ at: 'over', over });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(hub.opened).toBe(1);
  });

  test('that finds no mixer tries again, saying why', async () => {
    let refused = 0;
    const { now, hub } = await inRoom(
      {},
      {
        'session:join': () => {
          if (refused++ < 1) throw new AppError('no-mixer', 'None.');
          return joinReply();
        },
      },
    );
    expect(now().link).toMatchObject({ at: 'waiting', attempt: 1, problem: { retry: true } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(hub.opened).toBe(2);
    hub.handlers.onConnect();
    await settled();
    expect(now().link.at).toBe('live');
  });
});

describe('a lost hub', () => {
  test('leaves the media alone, and is knocked at with growing pauses', async () => {
    const { hub, media, now } = await inRoom();
    hub.handlers.onDisconnect(null);
    expect(now()).toMatchObject({ link: { at: 'waiting', attempt: 1 }, media: 'up' });
    await vi.advanceTimersByTimeAsync(700);
    hub.handlers.onDisconnect(null);
    expect(now().link).toMatchObject({ at: 'waiting', attempt: 2 });
    expect([hub.opened, media[0]?.closed]).toEqual([2, 0]);
  });

  test('that is back is asked for what was missed, and the same transports go on', async () => {
    const { hub, media, now } = await inRoom(
      {},
      {
        'session:join': ({ afterSeq }) =>
          joinReply(
            afterSeq === 0
              ? { events: [joined(1, ADA, 'Ada')] }
              : {
                  events: [joined(2, BEN, 'Ben')],
                  session: session({ participants: [person(ADA, 'Ada'), person(BEN, 'Ben')] }),
                },
          ),
      },
    );
    hub.handlers.onDisconnect(null);
    await vi.advanceTimersByTimeAsync(1_000);
    hub.handlers.onConnect();
    await settled();
    expect(hub.asked.at(-1)).toMatchObject({ name: 'session:join', body: { afterSeq: 1 } });
    expect(now().room?.participants.map((each) => each.name)).toEqual(['Ada', 'Ben']);
    expect([media.length, media[0]?.sent.length]).toEqual([1, 2]);
  });

  test('can be knocked at without waiting', async () => {
    const { connection, hub, now } = await inRoom();
    hub.handlers.onDisconnect(null);
    connection.retryNow();
    expect([now().link.at, hub.opened]).toEqual(['retrying', 2]);
  });

  test('that refuses the token for good ends the waiting', async () => {
    const { hub, now } = await inRoom();
    hub.handlers.onDisconnect({ code: 'bad-token', message: 'Too old.' });
    expect(now().link).toMatchObject({ at: 'over', over: { why: 'refused' } });
  });
});

describe('goodbye', () => {
  test.each([
    [
      { why: 'session-ended', reason: 'idle' },
      { why: 'ended', reason: 'idle' },
    ],
    [{ why: 'replaced' }, { why: 'replaced' }],
    [{ why: 'left' }, { why: 'removed' }],
    [{ why: 'removed' }, { why: 'removed' }],
  ] as const)('%o ends it as %o, with the media closed', async (goodbye, over) => {
    const { hub, media, now } = await inRoom();
    hub.handlers.onGoodbye(goodbye);
    hub.handlers.onDisconnect(null);
    expect([now().link, media[0]?.closed]).toEqual([{ at: 'over', over }, 1]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(hub.opened).toBe(1);
  });

  test('of a stopping hub is followed by a reconnect', async () => {
    const { hub, now } = await inRoom();
    hub.handlers.onGoodbye({ why: 'hub-stopping' });
    hub.handlers.onDisconnect(null);
    expect(now().link.at).toBe('waiting');
  });

  test('of one’s own comes after the leaving, with the socket open until it was told', async () => {
    const { connection, hub, media, now } = await inRoom();
    connection.leave();
    expect([now().link, media[0]?.closed, hub.closed]).toEqual([{ at: 'over', over: { why: 'left' } }, 1, 0]);
    await settled();
    expect([hub.count('session:leave'), hub.closed]).toEqual([1, 1]);
  });
});

test('a reset makes all transports anew by joining again', async () => {
  const { hub, media } = await inRoom();
  hub.handlers.onReset();
  await settled();
  expect([hub.count('session:join'), media.length, media[0]?.closed]).toEqual([2, 2, 1]);
});

describe('events', () => {
  test('with a gap ask for what is missing', async () => {
    const { hub, now } = await inRoom(
      {},
      {
        'events:list': ({ afterSeq }) => ({ events: afterSeq === 0 ? [joined(1, ADA, 'Ada')] : [] }),
      },
    );
    hub.handlers.onEvent(joined(2, BEN, 'Ben'));
    await settled();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(now().room?.participants.map((each) => each.name)).toEqual(['Ada', 'Ben']);
    expect(now().room?.sequence).toMatchObject({ last: 2 });
  });

  test('that never come are skipped at last', async () => {
    const { hub, now } = await inRoom();
    hub.handlers.onEvent(joined(3, BEN, 'Ben'));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(now().room?.sequence.last).toBe(3);
    expect(hub.count('events:list')).toBeLessThan(8);
  });

  test('tell the end even without a goodbye', async () => {
    const { hub, now } = await inRoom();
    hub.handlers.onEvent(event(1, 'session:ended', { reason: 'ended-by-owner' }));
    expect(now().link).toMatchObject({ at: 'over', over: { why: 'ended' } });
  });
});

test('ending asks the hub, and says when it refuses', async () => {
  const refused = await inRoom(
    {},
    {
      'session:end': () => {
        throw new AppError('forbidden', 'Only the owner ends it.');
      },
    },
  );
  await expect(refused.connection.end()).rejects.toThrow('Only the owner');
  expect(refused.now().link.at).toBe('live');
  const owner = await inRoom();
  await owner.connection.end();
  expect(owner.now().link).toMatchObject({ at: 'over', over: { why: 'ended' } });
});

test('closed, it leaves nothing behind', async () => {
  const { connection, hub, media } = await inRoom();
  hub.handlers.onDisconnect(null);
  connection.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([hub.opened, media[0]?.closed, vi.getTimerCount()]).toEqual([1, 1, 0]);
});
