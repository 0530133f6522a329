import { describe, expect, it } from 'vitest';
import { Scope } from './scope.ts';

describe('Scope', () => {
  it('undoes in reverse order, waiting for each', async () => {
    const done: string[] = [];
    const scope = new Scope();
    scope.add(() => void done.push('first'));
    scope.add(async () => {
      await Promise.resolve();
      done.push('second');
    });
    await scope.close();
    expect(done).toEqual(['second', 'first']);
  });

  it('closes once, however often it is asked', async () => {
    let times = 0;
    const scope = new Scope();
    scope.own({ close: () => void times++ });
    await Promise.all([scope.close(), scope.close()]);
    await scope.close();
    expect(times).toBe(1);
  });

  it('runs every undo although one fails, then tells', async () => {
    let ran = false;
    const scope = new Scope();
    scope.add(() => void (ran = true));
    scope.add(() => {
      throw new Error('stuck');
    });
    await expect(scope.close()).rejects.toThrow('stuck');
    expect(ran).toBe(true);
  });

  it('undoes at once what comes after closing', async () => {
    const scope = new Scope();
    await scope.close();
    let undone = false;
    scope.add(() => void (undone = true));
    await scope.close();
    expect(undone).toBe(true);
  });
});
