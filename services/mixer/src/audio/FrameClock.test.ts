import { describe, expect, it } from 'vitest';
import { FrameClock, type FrameClockOptions } from './FrameClock.ts';
import { FakeTime } from './testing/FakeTime.ts';

function clockAt(startMs: number, options: FrameClockOptions = {}) {
  const time = new FakeTime(startMs);
  return { time, clock: new FrameClock({ now: time.now, schedule: time.schedule, ...options }) };
}

describe('FrameClock', () => {
  it('ticks every 20 ms on its grid, and not before the first is due', () => {
    const { time, clock } = clockAt(1_003);
    const ticks: number[] = [];
    clock.add((nowMs) => ticks.push(nowMs));
    time.advance(17);
    time.advance(60);
    expect(ticks).toEqual([1_020, 1_040, 1_060, 1_080]);
  });

  it('has no timer while nobody is added, and one for all', () => {
    const { time, clock } = clockAt(0);
    expect(time.timers).toBe(0);
    const removes = Array.from({ length: 9 }, () => clock.add(() => undefined));
    expect(time.timers).toBe(1);
    for (const remove of removes) {
      expect(time.timers).toBe(1);
      remove();
      remove();
    }
    expect(time.timers).toBe(0);
    time.advance(1_000);
    expect(clock.stats.ticks).toBe(0);
  });

  it('spreads what is added over the frame', () => {
    const { time, clock } = clockAt(0);
    const phases = new Map<number, number>();
    for (let i = 0; i < 8; i++)
      clock.add((nowMs) => phases.set(nowMs % 20, (phases.get(nowMs % 20) ?? 0) + 1));
    time.advance(20);
    expect(phases).toEqual(new Map([5, 10, 15, 0].map((phase) => [phase, 2])));
  });

  it('ticks when it is wished, as far as the slots stay even', () => {
    const { time, clock } = clockAt(1_003);
    const first: number[] = [];
    const add = (into: number[], aheadMs: number) => clock.add((nowMs) => into.push(nowMs % 20), aheadMs);
    for (let i = 0; i < 3; i++) add(first, 10);
    const fourth: number[] = [];
    add(fourth, 10);
    time.advance(20);
    expect([first, fourth]).toEqual([[15, 15, 15], [0]]);
  });

  it('catches up by frames when it wakes late', () => {
    const { time, clock } = clockAt(0);
    const ticks: number[] = [];
    clock.add((nowMs) => ticks.push(nowMs));
    time.sleep(90);
    expect(ticks).toEqual([20, 40, 60, 80]);
    time.advance(10);
    expect(ticks).toEqual([20, 40, 60, 80, 100]);
    expect(clock.stats).toMatchObject({ ticks: 5, skipped: 0, latenessP99Ms: 70, latenessP50Ms: 0 });
  });

  it('lets be read what arrived while it was held up, before it ticks', () => {
    const { time, clock } = clockAt(0);
    const order: string[] = [];
    clock.add((nowMs) => order.push(`tick ${nowMs}`));
    time.schedule(() => order.push('read'), 50);
    time.sleep(50);
    expect(order).toEqual(['read', 'tick 20', 'tick 40']);
    time.advance(10);
    expect(order.at(-1)).toBe('tick 60');
    expect(time.timers).toBe(1);
  });

  it('gives up frames beyond the bound, and counts them', () => {
    const { time, clock } = clockAt(0, { maxCatchUp: 25 });
    const ticks: number[] = [];
    clock.add((nowMs) => ticks.push(nowMs));
    time.sleep(2_000);
    expect(ticks).toHaveLength(25);
    expect(ticks.at(-1)).toBe(2_000);
    expect(clock.stats).toMatchObject({ ticks: 25, skipped: 75 });
  });

  it('loses and gains nothing in ten minutes of sloppy timers', () => {
    const { time, clock } = clockAt(0);
    let ticks = 0;
    clock.add(() => ticks++);
    for (let nowMs = 0; nowMs < 600_000; nowMs += 37) time.sleep(37);
    expect(ticks).toBe(Math.floor(time.now() / 20));
    expect(clock.stats.skipped).toBe(0);
  });

  it('lets a tick remove itself and others, and add', () => {
    const { time, clock } = clockAt(0);
    const seen: string[] = [];
    const removeFirst = clock.add(() => {
      seen.push('first');
      removeFirst();
      removeOther();
      clock.add(() => seen.push('added'));
    });
    for (let slot = 1; slot < 4; slot++) clock.add(() => undefined);
    const removeOther = clock.add(() => seen.push('other'));
    time.advance(60);
    expect(seen[0]).toBe('first');
    expect(seen).not.toContain('other');
    expect(seen.filter((name) => name === 'first')).toHaveLength(1);
    expect(seen.filter((name) => name === 'added').length).toBeGreaterThanOrEqual(2);
    expect(time.timers).toBe(1);
  });

  it('removes a tick that throws, tells, and goes on with the others', () => {
    const errors: unknown[] = [];
    const { time, clock } = clockAt(0, { onError: (error) => errors.push(error) });
    let others = 0;
    clock.add(() => {
      throw new Error('broken room');
    });
    for (let i = 0; i < 4; i++) clock.add(() => others++);
    time.advance(100);
    expect(errors).toEqual([new Error('broken room')]);
    expect(others).toBeGreaterThan(16);
  });

  it('closes: no timer, no tick, and a late undo is harmless', () => {
    const { time, clock } = clockAt(0);
    const remove = clock.add(() => undefined);
    clock.close();
    remove();
    expect(time.timers).toBe(0);
    time.advance(100);
    expect(clock.stats.ticks).toBe(0);
  });

  it('runs on the real clock', async () => {
    const clock = new FrameClock();
    const ticks: number[] = [];
    await new Promise<void>((resolve) => {
      const remove = clock.add((nowMs) => {
        ticks.push(nowMs);
        if (ticks.length < 5) return;
        remove();
        resolve();
      });
    });
    expect((ticks[4] ?? 0) - (ticks[0] ?? 0)).toBe(80);
    expect(performance.now()).toBeGreaterThanOrEqual(ticks[4] ?? 0);
  });
});
