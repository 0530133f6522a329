import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError, ERROR_STATUS, parseOrThrow, toErrorBody } from './errors.ts';

describe('errors', () => {
  it('carry the status of their code', () => {
    expect(new AppError('session-full', 'Full').status).toBe(409);
    for (const status of Object.values(ERROR_STATUS)) expect(status).toBeGreaterThanOrEqual(400);
  });

  it('name each wrong field of a bad input', () => {
    const read = () =>
      parseOrThrow(z.object({ title: z.string().max(3), limit: z.number() }), { title: 'long', limit: 'x' });
    expect(read).toThrowError(expect.objectContaining({ code: 'bad-request' }));
    expect(read).toThrowError(/title: .*limit: /);
  });

  it('say nothing of what was not meant for a person', () => {
    const body = toErrorBody(new Error('password=hunter2 at /srv/app.ts:3'));
    expect(body.code).toBe('internal');
    expect(body.message).not.toContain('hunter2');
  });
});
