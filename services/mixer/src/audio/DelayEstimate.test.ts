import { describe, expect, it } from 'vitest';
import { DelayEstimate } from './DelayEstimate.ts';
import { seededRandom } from './testing/random.ts';

const TICKS = 960;

/** `count` packets, each `delayMs(index)` under way. */
function feed(estimate: DelayEstimate, count: number, delayMs: (index: number) => number, from = 0): void {
  for (let index = from; index < from + count; index++)
    estimate.add(index * TICKS, index * 20 + delayMs(index));
}

describe('DelayEstimate', () => {
  it('asks for half a frame on a perfect line, however long the way', () => {
    const estimate = new DelayEstimate();
    feed(estimate, 100, () => 400);
    expect(estimate.targetMs).toBe(10);
    expect(estimate.delayMs(50 * TICKS, 50 * 20 + 435)).toBe(35);
  });

  it('covers the jitter of nearly all packets', () => {
    const random = seededRandom(1);
    const estimate = new DelayEstimate();
    feed(estimate, 1_000, () => random() * 80);
    expect(estimate.targetMs).toBeGreaterThanOrEqual(80);
    expect(estimate.targetMs).toBeLessThanOrEqual(100);
  });

  it('does not grow for one stray packet in a hundred, nor beyond 200 ms for anything', () => {
    const estimate = new DelayEstimate();
    feed(estimate, 1_000, (index) => (index % 100 === 99 ? 150 : 0));
    expect(estimate.targetMs).toBe(10);
    feed(estimate, 1_000, (index) => (index % 5) * 1_000, 1_000);
    expect(estimate.targetMs).toBe(200);
  });

  it('forgets bad times within half a minute', () => {
    const random = seededRandom(2);
    const estimate = new DelayEstimate();
    feed(estimate, 1_000, () => random() * 150);
    expect(estimate.targetMs).toBeGreaterThan(120);
    feed(estimate, 2_000, () => 0, 1_000);
    expect(estimate.targetMs).toBe(10);
  });

  it('follows a way that becomes longer for good, and a clock that drifts', () => {
    const estimate = new DelayEstimate();
    feed(estimate, 500, () => 10);
    feed(estimate, 1_000, () => 70, 500);
    expect(estimate.delayMs(1_499 * TICKS, 1_499 * 20 + 70)).toBe(0);
    const drifting = new DelayEstimate();
    feed(drifting, 30_000, (index) => index * 0.004);
    expect(drifting.delayMs(29_999 * TICKS, 29_999 * 20 + 29_999 * 0.004)).toBeLessThan(3);
    expect(drifting.targetMs).toBe(10);
  });

  it('takes the next packet as the base when told that time jumped, and stays exact for hours', () => {
    const estimate = new DelayEstimate();
    feed(estimate, 100, () => 0);
    estimate.rebase();
    expect(estimate.blank).toBe(true);
    estimate.add(5_000_000, 90_000);
    expect(estimate.delayMs(5_000_000, 90_000)).toBe(0);
    feed(estimate, 20_000, (index) => index % 3, 1_000_000);
    expect(estimate.targetMs).toBe(10);
  });
});
