import { expect, test } from 'vitest';
import { TalkHold } from './TalkHold.ts';

function holding({ muted = false } = {}) {
  const sent: string[] = [];
  const world = { sent, muted, open: true };
  const talk = new TalkHold({
    send: (message) => {
      if (world.open) sent.push(message.type);
      return world.open;
    },
    isMuted: () => world.muted,
    setMuted: (next) => {
      world.muted = next;
    },
  });
  return { world, talk };
}

test('is asked for, given, and let go', () => {
  const { world, talk } = holding();
  talk.press('space');
  expect(talk.state.get()).toBe('asking');
  talk.told(true);
  expect(talk.state.get()).toBe('talking');
  talk.release('space');
  expect([talk.state.get(), world.sent]).toEqual(['idle', ['floor:hold', 'floor:release']]);
});

test('two fingers are one hold, which ends with the last of them', () => {
  const { world, talk } = holding();
  talk.press('pointer 1');
  talk.press('pointer 2');
  talk.press('pointer 2');
  talk.release('pointer 1');
  expect(world.sent).toEqual(['floor:hold']);
  talk.release('pointer 2');
  talk.release('pointer 2');
  expect(world.sent).toEqual(['floor:hold', 'floor:release']);
});

test('is let go as a whole when the page loses the focus, once', () => {
  const { world, talk } = holding();
  talk.letGo();
  talk.press('space');
  talk.press('pointer 1');
  talk.letGo();
  talk.release('space');
  expect([talk.state.get(), world.sent]).toEqual(['idle', ['floor:hold', 'floor:release']]);
});

test('says so when the room ends it by itself, and begins anew only after letting go', () => {
  const { talk } = holding();
  talk.press('space');
  talk.told(false);
  expect(talk.state.get()).toBe('asking');
  talk.told(true);
  talk.told(false);
  expect(talk.state.get()).toBe('ended');
  talk.release('space');
  talk.press('space');
  expect(talk.state.get()).toBe('asking');
});

test('is asked for again over a new channel, if it is still held', () => {
  const { world, talk } = holding();
  talk.channelOpen();
  world.open = false;
  talk.press('space');
  world.open = true;
  talk.channelOpen();
  expect(world.sent).toEqual(['floor:hold']);
});

test('that outlived its release is taken back', () => {
  const { world, talk } = holding();
  talk.told(true);
  expect(world.sent).toEqual(['floor:release']);
});

test('unmutes for as long as it lasts', () => {
  const { world, talk } = holding({ muted: true });
  talk.press('space');
  expect(world.muted).toBe(false);
  talk.release('space');
  expect(world.muted).toBe(true);
});

test('leaves open what was not muted', () => {
  const { world, talk } = holding();
  talk.press('space');
  talk.release('space');
  expect(world.muted).toBe(false);
});
