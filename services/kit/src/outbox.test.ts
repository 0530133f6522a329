import { describe, expect, it, vi } from 'vitest';
import { silentLog } from './log.ts';
import { Outbox } from './outbox.ts';
import { CounterMissing, type Place, type SequencedLog } from './sequencedLog.ts';

/** Keeps bodies in an array; fails as often as it is told to. */
class FakeLog implements Pick<SequencedLog, 'append'> {
  readonly bodies: unknown[] = [];
  readonly failures: Error[] = [];
  append(_place: Place, body: unknown): Promise<number> {
    const failure = this.failures.shift();
    if (failure) return Promise.reject(failure);
    return Promise.resolve(this.bodies.push(body));
  }
}

const place = { stream: 's', counter: 'c', seen: 'e', channel: 'f' };

function outbox(sequenced: FakeLog, options: { capacity?: number } = {}) {
  const wantCounter = vi.fn(() => Promise.resolve());
  const box = new Outbox<string>({
    log: silentLog,
    sequenced: sequenced as unknown as SequencedLog,
    place: () => place,
    wantCounter,
    retryMs: 1,
    ...options,
  });
  return { box, wantCounter };
}

describe('Outbox', () => {
  it('appends in the order of the calls and tells each its number', async () => {
    const log = new FakeLog();
    const { box } = outbox(log);
    expect(await Promise.all(['a', 'b', 'c'].map((body) => box.append(body)))).toEqual([1, 2, 3]);
    expect(log.bodies).toEqual(['a', 'b', 'c']);
  });

  it('keeps the order through failures', async () => {
    const log = new FakeLog();
    log.failures.push(new Error('away'), new Error('still away'));
    const { box } = outbox(log);
    expect(await Promise.all([box.append('a'), box.append('b')])).toEqual([1, 2]);
  });

  it('asks for a missing counter and tries again', async () => {
    const log = new FakeLog();
    log.failures.push(new CounterMissing('c'));
    const { box, wantCounter } = outbox(log);
    expect(await box.append('a')).toBe(1);
    expect(wantCounter).toHaveBeenCalledExactlyOnceWith('a');
  });

  it('refuses what exceeds its capacity, and says so', async () => {
    const { box } = outbox(new FakeLog(), { capacity: 2 });
    const taken = [box.append('a'), box.append('b')];
    await expect(box.append('c')).rejects.toThrow('full');
    expect(await Promise.all(taken)).toEqual([1, 2]);
  });

  it('rejects what could not be appended when it closes, and everything after', async () => {
    const log = new FakeLog();
    log.failures.push(...Array.from({ length: 10_000 }, () => new Error('away')));
    const { box } = outbox(log);
    const lost = box.append('a');
    const told = expect(lost).rejects.toThrow('closed before Redis came back');
    await box.close(5);
    await told;
    await expect(box.append('b')).rejects.toThrow('closed');
  });
});
