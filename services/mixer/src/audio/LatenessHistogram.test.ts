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
});
