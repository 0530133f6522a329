import { expect, test } from 'vitest';
import { fromMySide, seatPlaces } from './seating.ts';

test('the first seat is nearest to the viewer, the others go round clockwise', () => {
  const [near, left, far, right] = seatPlaces(4);
  expect([near?.x, far?.x].map((x) => Math.round(x ?? 0))).toEqual([50, 50]);
  expect(near?.y).toBeGreaterThan(far?.y ?? 100);
  expect(left?.x).toBeLessThan(right?.x ?? 0);
});

test.each([1, 2, 5, 16])('%i seats stand apart and on the stage', (count) => {
  const places = seatPlaces(count);
  expect(places).toHaveLength(count);
  for (const { x, y } of places) expect(Math.min(x, y, 100 - x, 100 - y)).toBeGreaterThan(8);
  const gaps = places.map((place, index) => {
    const next = places[(index + 1) % count] ?? place;
    return Math.hypot((next.x - place.x) * 1.35, next.y - place.y);
  });
  // Equal along the oval; across, the bent ends are a little nearer.
  expect(Math.max(...gaps) / Math.max(1, Math.min(...gaps))).toBeLessThan(1.2);
});

test('everybody sees themselves first', () => {
  const people = ['a', 'b', 'c'].map((id) => ({ id }));
  expect(fromMySide(people, 'b').map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  expect(fromMySide(people, 'nobody')).toBe(people);
});
