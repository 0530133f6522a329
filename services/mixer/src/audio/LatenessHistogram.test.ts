import { describe, expect, it } from 'vitest';
import { LatenessHistogram } from './LatenessHistogram.ts';

describe('LatenessHistogram', () => {
  it('knows the quantiles of what was added', () => {
    const histogram = new LatenessHistogram();
    expect(histogram.quantile(0.99)).toBe(0);
    for (let ms = 1; ms <= 100; ms++) histogram.add(ms);
    expect(histogram.quantile(0.5)).toBe(50);
    expect(histogram.quantile(0.99)).toBe(99);
    histogram.add(99_999);
    histogram.add(-1);
    expect(histogram.quantile(1)).toBe(500);
  });

  it('forgets old times', () => {
    const histogram = new LatenessHistogram();
    for (let i = 0; i < 20_000; i++) histogram.add(80);
    for (let i = 0; i < 40_000; i++) histogram.add(1);
    expect(histogram.quantile(0.5)).toBe(1);
  });

  it('counts all that there ever was', () => {
    const histogram = new LatenessHistogram();
    expect(histogram.total([1, 10])).toEqual({ count: 0, sumMs: 0, within: [0, 0] });
    for (let i = 0; i < 40_000; i++) histogram.add(i % 4 === 0 ? 80 : 1);
    histogram.add(1_000);
    expect(histogram.total([1, 10, 80])).toEqual({
      count: 40_001,
      sumMs: 10_000 * 80 + 30_000 + 1_000,
      within: [30_000, 30_000, 40_000],
    });
  });
});
