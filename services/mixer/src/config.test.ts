import { readEnv } from '@parley/kit/env';
import { describe, expect, test } from 'vitest';
import { checkAddresses, ConfigSchema, workersFor } from './config.ts';

const read = (env: Record<string, string>) => readEnv('mixer', ConfigSchema, env);

describe('configuration', () => {
  test('has a default for all that can have one', () => {
    const config = read({});
    expect(config).toMatchObject({
      RTC_LISTEN_IP: '127.0.0.1',
      RTC_PORT: 0,
      MAX_ROOMS: 100,
      METRICS_PORT: 0,
    });
    expect(config.PROVIDER_SIMULATED).toBe(false);
    expect(config.PROVIDER_TRANSPORT).toBe('websocket');
    expect(() => checkAddresses(config)).not.toThrow();
  });

  test.each([
    ['RTC_LISTEN_IP', 'localhost'],
    ['RTC_PORT', '70000'],
    ['RTC_BRIDGE_PORTS', '40119-40100'],
    ['RTC_BRIDGE_PORTS', '40100'],
    ['MAX_ROOMS', '0'],
    ['OPENAI_BASE_URL', 'ftp://example.org'],
    ['REDIS_URL', 'http://127.0.0.1:6379'],
    ['PROVIDER_SIMULATED', 'perhaps'],
    ['PROVIDER_TRANSPORT', 'pigeon'],
  ])('refuses %s=%s and names the key', (key, value) => {
    expect(() => read({ [key]: value })).toThrow(key);
  });

  test('reads a port range', () => {
    expect(read({ RTC_BRIDGE_PORTS: '40100-40119' }).RTC_BRIDGE_PORTS).toEqual([40_100, 40_119]);
  });

  test('listening everywhere needs an announced address', () => {
    expect(() => checkAddresses(read({ RTC_LISTEN_IP: '0.0.0.0' }))).toThrow('RTC_ANNOUNCED_ADDRESS');
    expect(() =>
      checkAddresses(read({ RTC_LISTEN_IP: '0.0.0.0', RTC_ANNOUNCED_ADDRESS: '192.168.1.5' })),
    ).not.toThrow();
  });
});

test('one core is left to this process, unless somebody says otherwise', () => {
  const config = ConfigSchema.parse({});
  expect([1, 2, 8].map((cores) => workersFor(config, cores))).toEqual([1, 1, 7]);
  expect(workersFor(ConfigSchema.parse({ MEDIASOUP_WORKERS: '3' }), 2)).toBe(3);
});
