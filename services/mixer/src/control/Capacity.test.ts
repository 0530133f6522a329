import { expect, test } from 'vitest';
import { Capacity } from './Capacity.ts';

function looks(maxLoad: number, loads: number[], lateMs = 0): boolean[] {
  const left = [...loads];
  const capacity = new Capacity({ maxLoad, latenessMs: () => lateMs, utilization: () => left.shift() ?? 0 });
  return loads.map(() => capacity.look());
}
const times = (count: number, load: number): number[] => Array.from({ length: count }, () => load);

test('M35 busy after five looks in a row, not by a burst', () => {
  expect(looks(0.85, [...times(4, 0.95), 0.2, ...times(4, 0.95)])).not.toContain(true);
  expect(looks(0.85, times(6, 0.95))).toEqual([false, false, false, false, true, true]);
});

test('M35 free again only well below, and after as long', () => {
  expect(looks(0.85, [...times(5, 0.95), ...times(9, 0.75)]).at(-1)).toBe(true);
  expect(looks(0.85, [...times(5, 0.95), ...times(4, 0.6)]).at(-1)).toBe(true);
  expect(looks(0.85, [...times(5, 0.95), ...times(5, 0.6)]).at(-1)).toBe(false);
});

test('M35 late frames are load, too, unless there is next to nothing to do', () => {
  expect(looks(0.85, times(5, 0.5), 25).at(-1)).toBe(true);
  expect(looks(0.85, times(5, 0.1), 25).at(-1)).toBe(false);
});

test('M35 with 1 the load refuses nobody', () => {
  expect(looks(1, times(20, 1), 500)).not.toContain(true);
});
