import { readEnv } from '@parley/kit/env';
import { describe, expect, it } from 'vitest';
import { SimulatorConfig } from './config.ts';

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readEnv('simulator', SimulatorConfig, {})).toEqual({
      LOG_LEVEL: 'info',
      HOST: '127.0.0.1',
      PORT: 3005,
      SIMULATOR_SESSION_SECONDS: 3600,
      SIMULATOR_INSPECT: false,
      SIMULATOR_INSPECT_MINUTES: 5,
    });
  });

  it.each([
    ['PORT', 'all'],
    ['SIMULATOR_SESSION_SECONDS', '0'],
    ['SIMULATOR_INSPECT', 'perhaps'],
    ['SIMULATOR_INSPECT_MINUTES', '1000'],
  ])('%s=%s is refused by name', (key, value) => {
    expect(() => readEnv('simulator', SimulatorConfig, { [key]: value })).toThrow(key);
  });
});
