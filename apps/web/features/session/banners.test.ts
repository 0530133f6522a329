import { describe, expect, test } from 'vitest';
import type { MicrophoneState } from '../../lib/audio/Microphone.ts';
import { bannersOf, signatureOf } from './banners.ts';
import { enterRoom } from './roomModel.ts';
import { startSnapshot, type SessionSnapshot } from './sessionModel.ts';
import { joinReply } from './testing/samples.ts';

const on: MicrophoneState = {
  at: 'on',
  track: {} as MediaStreamTrack,
  deviceId: 'd',
  label: 'Mic',
  silenced: false,
};
const fine: SessionSnapshot = {
  ...startSnapshot(false),
  link: { at: 'live' },
  media: 'up',
  room: enterRoom(null, joinReply()),
};
const shown = (change: Partial<SessionSnapshot>, microphone: MicrophoneState = on) =>
  bannersOf({ ...fine, ...change }, microphone);

test('nothing in the way, nothing said', () => {
  expect(shown({})).toEqual([]);
});

test('a microphone that the owner has muted is said to be so, whatever else it does', () => {
  const room = enterRoom(null, joinReply({ me: { ...joinReply().me, silenced: true } }));
  const [banner, ...rest] = shown({ room }, { at: 'off' });
  expect([banner?.title, banner?.action, rest]).toEqual([
    'The owner has muted your microphone.',
    undefined,
    [],
  ]);
});

describe('each state has words and a way on', () => {
  const waiting = { at: 'waiting', attempt: 1, retryAt: 5, problem: null } as const;
  test.each([
    ['playback', shown({ playbackBlocked: true }), 'hear'],
    ['link', shown({ link: waiting }), 'retry-link'],
    ['media', shown({ media: 'failed' }), 'retry-media'],
    ['microphone', shown({}, { at: 'failed', why: 'denied' }), 'open-microphone'],
    ['microphone', shown({}, { at: 'failed', why: 'lost' }), 'open-microphone'],
    ['microphone', shown({}, { at: 'off' }), 'open-microphone'],
    ['microphone', shown({ microphoneTrouble: 'It was refused.' }), 'retry-media'],
  ])('%s', (key, banners, action) => {
    expect(banners).toMatchObject([{ key, action }]);
  });

  test('a microphone that HTTPS alone would give is not asked for again', () => {
    expect(shown({}, { at: 'failed', why: 'insecure' })[0]).not.toHaveProperty('action');
  });

  test('an assistant that is away says why', () => {
    const assistant = { phase: 'unavailable', simulated: false, message: 'The key was refused.' } as const;
    const room = fine.room === null ? null : { ...fine.room, assistant };
    expect(shown({ room })).toMatchObject([
      { key: 'assistant', text: expect.stringContaining('The key was refused.') },
    ]);
  });
});

test('whoever only listens is told nothing about microphones', () => {
  expect(shown({ listenOnly: true }, { at: 'off' })).toEqual([]);
});

test('a banner that was closed stays away until it says something else', () => {
  const failed = { at: 'failed', why: 'denied' } as const;
  const hidden = new Set(shown({}, failed).map(signatureOf));
  expect(bannersOf(fine, failed, hidden)).toEqual([]);
  expect(bannersOf(fine, { at: 'failed', why: 'lost' }, hidden)).toHaveLength(1);
});

test('the most pressing three are shown', () => {
  const banners = shown(
    { playbackBlocked: true, media: 'failed', link: { at: 'retrying', attempt: 1 } },
    { at: 'failed', why: 'lost' },
  );
  expect(banners.map((banner) => banner.key)).toEqual(['playback', 'link', 'media']);
});
