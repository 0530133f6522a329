import { readEnv } from '@parley/kit/env';
import { expect, test } from 'vitest';
import { HubConfig } from './config.ts';

const needed = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  DATABASE_URL: 'postgresql://parley@127.0.0.1:5432/parley',
  TOKEN_SECRET: 'x'.repeat(32),
};

test('needs the stores and a secret, and knows the rest', () => {
  expect(readEnv('hub', HubConfig, needed)).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 3_000,
    WEB_URL: 'http://127.0.0.1:3001',
    ICE_SERVERS: [],
    ALLOWED_ORIGINS: [],
    MAX_PARTICIPANTS: 16,
    RECONNECT_GRACE_MS: 30_000,
    SESSION_IDLE_MS: 1_800_000,
    RATE_LIMIT_PER_MINUTE: 300,
    TURN_URLS: [],
    PUBLIC_HISTORY: false,
  });
});

test('reads lists and addresses', () => {
  const config = readEnv('hub', HubConfig, {
    ...needed,
    ICE_SERVERS: '[{"urls":"stun:stun.example"}]',
    ALLOWED_ORIGINS: 'https://a.example/x, http://b.example:8080',
    PUBLIC_URL: 'https://parley.example/',
  });
  expect(config).toMatchObject({
    ICE_SERVERS: [{ urls: 'stun:stun.example' }],
    ALLOWED_ORIGINS: ['https://a.example', 'http://b.example:8080'],
    PUBLIC_URL: 'https://parley.example',
  });
});

test.each([
  ['TOKEN_SECRET', 'short'],
  ['ICE_SERVERS', 'stun:x'],
  ['ICE_SERVERS', '[{"url":"stun:x"}]'],
  ['TURN_URLS', 'stun:x'],
  ['TURN_SECRET', 'short'],
  ['PORT', '70000'],
  ['MAX_PARTICIPANTS', '0'],
  ['PUBLIC_URL', 'parley.example'],
  ['DATABASE_URL', 'mysql://x'],
  ['ALLOWED_ORIGINS', 'everywhere'],
])('names %s when it is %s', (key, value) => {
  expect(() => readEnv('hub', HubConfig, { ...needed, [key]: value })).toThrow(key);
});
