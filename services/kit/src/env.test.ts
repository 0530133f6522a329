import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, envFlag, envPort, readEnv } from './env.ts';

const schema = z.object({ PORT: envPort.default(3000), VERBOSE: envFlag.default(false), URL: z.url() });

describe('readEnv', () => {
  it('takes what is there, defaults for the rest, and freezes it', () => {
    const config = readEnv('hub', schema, { URL: 'http://127.0.0.1', VERBOSE: '1', OTHER: 'x' });
    expect(config).toEqual({ PORT: 3000, VERBOSE: true, URL: 'http://127.0.0.1' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('counts an empty value as absent', () => {
    expect(readEnv('hub', schema, { URL: 'http://a', PORT: '' }).PORT).toBe(3000);
  });

  it('names every wrong key and where they are explained', () => {
    const read = () => readEnv('hub', schema, { PORT: '70000' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/hub is wrong:\n {2}PORT: .*\n {2}URL: .*\n.*\.env\.example/);
  });
});
