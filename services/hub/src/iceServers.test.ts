import { ParticipantId } from '@parley/contract';
import { expect, test } from 'vitest';
import { createIceServers } from './iceServers.ts';

const fixed = [{ urls: 'stun:stun.example' }];
const anna = ParticipantId.parse('p_aaaaaaaaaaaa');
const turnUrls = ['turn:turn.example:3478', 'turns:turn.example:5349?transport=tcp'];
const now = () => 1_700_000_000_999;

test('H20 a TURN credential says until when and for whom it is, and is signed with the shared secret', () => {
  const iceServers = createIceServers({ fixed, turnUrls, secret: 'north', ttlSeconds: 600, now });
  // printf '1700000600:p_aaaaaaaaaaaa' | openssl dgst -sha1 -hmac north -binary | base64
  const credential = 'HTFkuYaNpKVwqyTE8RAQpDt2hS8=';
  expect(iceServers(anna)).toEqual([
    ...fixed,
    { urls: turnUrls, username: '1700000600:p_aaaaaaaaaaaa', credential },
  ]);
});

test('H20 each participant has one of its own', () => {
  const iceServers = createIceServers({ fixed: [], turnUrls, secret: 'north', ttlSeconds: 600, now });
  const ben = ParticipantId.parse('p_bbbbbbbbbbbb');
  expect(iceServers(anna)[0]?.credential).not.toBe(iceServers(ben)[0]?.credential);
});

test.each([
  ['a secret', { secret: undefined, turnUrls }],
  ['TURN servers', { secret: 'north', turnUrls: [] }],
])('without %s there are only the fixed ones', (_name, options) => {
  expect(createIceServers({ fixed, ttlSeconds: 600, now, ...options })(anna)).toEqual(fixed);
});
