import { describe, expect, it } from 'vitest';
import { Spares } from './Spares.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Spares', () => {
  it('has what was wanted, then none, then enough for all who asked', async () => {
    let made = 0;
    const spares = new Spares(2, () => Promise.resolve(++made));
    await spares.fill();
    expect([spares.take(), spares.take(), spares.take(), spares.take(), spares.take()]).toEqual([
      2,
      1,
      undefined,
      undefined,
      undefined,
    ]);
    await turn();
    expect([spares.take(), spares.take(), spares.take()].filter((thing) => thing === undefined)).toEqual([]);
  });

  it('says why none could be made, and tries again', async () => {
    let broken = true;
    const spares = new Spares(1, () =>
      broken ? Promise.reject(new Error('out of memory')) : Promise.resolve('here'),
    );
    await expect(spares.fill()).rejects.toThrow('out of memory');
    expect(spares.take()).toBeUndefined();
    await turn();
    expect(() => spares.take()).toThrow('No Opus coder');
    broken = false;
    await turn();
    expect(() => spares.take()).toThrow('No Opus coder');
    await turn();
    expect(spares.take()).toBe('here');
  });
});
