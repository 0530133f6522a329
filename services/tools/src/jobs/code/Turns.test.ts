import { describe, expect, it } from 'vitest';
import { Turns } from './Turns.ts';

describe('R39 turns', () => {
  it('follow each other for one key, and not for another', async () => {
    const turns = new Turns<string>();
    const signal = new AbortController().signal;
    const { promise, resolve } = Promise.withResolvers<void>();
    const order: string[] = [];
    const take = (key: string, name: string, until?: Promise<void>) =>
      turns.take(
        key,
        signal,
        async () => {
          order.push(`${name} begins`);
          await until;
          order.push(`${name} ends`);
        },
        () => order.push(`${name} waits`),
      );
    const all = [take('a', 'one', promise), take('a', 'two'), take('b', 'other')];
    await all[2];
    resolve();
    await Promise.all(all);
    expect(order).toEqual([
      'one begins',
      'two waits',
      'other begins',
      'other ends',
      'one ends',
      'two begins',
      'two ends',
    ]);
  });

  it('one that is given up while it waits lets the next not begin before the first has ended', async () => {
    const turns = new Turns<string>();
    const given = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    const none = () => {};
    const forever = new AbortController().signal;
    const first = turns.take('a', forever, () => promise, none);
    const second = turns.take('a', given.signal, () => Promise.resolve('never'), none);
    let begun = false;
    const third = turns.take('a', forever, () => Promise.resolve((begun = true)), none);
    given.abort(new Error('given up'));
    await expect(second).rejects.toThrow('given up');
    await new Promise((done) => setImmediate(done));
    expect(begun).toBe(false);
    resolve();
    await Promise.all([first, third]);
    expect(begun).toBe(true);
  });

  it('one that fails lets the next begin', async () => {
    const turns = new Turns<string>();
    const signal = new AbortController().signal;
    const failed = turns.take(
      'a',
      signal,
      () => Promise.reject(new Error('no')),
      () => {},
    );
    const next = turns.take(
      'a',
      signal,
      () => Promise.resolve('yes'),
      () => {},
    );
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});
