import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LinkClosed, RealtimeLink } from '../room/ports.ts';
import { next, say, SocketProvider } from '../testing/SocketProvider.ts';

let provider: SocketProvider;
beforeEach(async () => {
  provider = await SocketProvider.open();
});
afterEach(() => provider.close());

describe('ending', () => {
  const ended = (link: RealtimeLink): LinkClosed[] => {
    const all: LinkClosed[] = [];
    link.events.on('closed', (closed) => all.push(closed));
    return all;
  };

  test('by us: told once, at once; afterwards every call is harmless', async () => {
    const { link, far } = await provider.pair();
    const all = ended(link);
    const gone = once(far, 'close');
    link.close('enough');
    link.close('more than enough');
    expect(all).toEqual([{ code: 'closed', message: 'enough' }]);
    expect(link.closed).toEqual(all[0]);
    link.appendAudio(new Int16Array(4_800));
    link.createResponse();
    expect(((await gone) as [number])[0]).toBe(1000);
    expect(all).toHaveLength(1);
  });

  test('by us, and the provider does not answer the close', async () => {
    const { link, far } = await provider.pair();
    far.pause();
    link.close('enough');
    expect(provider.clock.timers).toBe(1);
    provider.clock.turn(1_000);
    const gone = once(far, 'close');
    far.resume();
    await gone;
    expect(provider.clock.timers).toBe(0);
  });

  test('after 60 minutes', async () => {
    const { link, far } = await provider.pair();
    const all = ended(link);
    const words = 'Your session hit the maximum duration of 60 minutes.';
    say(far, { type: 'error', error: { code: 'session_expired', message: words } });
    far.close(1001);
    await next(link, 'closed');
    await once(far, 'close');
    expect(all).toEqual([{ code: 'expired', message: words }]);
  });

  test('the cable is cut', async () => {
    const { link, far } = await provider.pair();
    const all = ended(link);
    far.terminate();
    await next(link, 'closed');
    expect(all[0]?.code).toBe('lost');
    expect(all[0]?.message).toContain('1006');
  });

  test('the provider is silent while we speak: asked, then given up', async () => {
    const { link, far } = await provider.pair();
    const all = ended(link);
    far.pause();
    const frame = new Int16Array(480);
    for (let s = 0; s <= 21; s++) {
      link.appendAudio(frame);
      provider.clock.turn(1_000);
    }
    link.appendAudio(frame);
    expect(all[0]).toMatchObject({
      code: 'lost',
      message: expect.stringContaining('does not answer') as string,
    });
  });

  test('a silent provider that answers the question is kept', async () => {
    const { link, far } = await provider.pair();
    const frame = new Int16Array(480);
    provider.clock.turn(60_000);
    const asked = once(far, 'ping');
    link.appendAudio(frame);
    await asked;
    // Its pong came before this: one connection keeps its order.
    say(far, { type: 'response.created', response: { id: 'r' } });
    await next(link, 'responseCreated');
    provider.clock.turn(60_000);
    link.appendAudio(frame);
    expect(link.closed).toBeUndefined();
  });

  test('the connection is too slow for the audio', async () => {
    const { link, far } = await provider.pair();
    const all = ended(link);
    far.pause();
    const second = new Int16Array(24_000);
    for (let s = 0; s < 600 && all.length === 0; s++) link.appendAudio(second);
    expect(all[0]).toMatchObject({ code: 'lost', message: expect.stringContaining('too slow') as string });
  });
});
