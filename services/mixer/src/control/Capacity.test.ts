import { expect, test } from 'vitest';
import { Capacity } from './Capacity.ts';

function looks(maxLoad: number, loads: number[], lateMs = 0): boolean[] {
  const left = [...loads];
  const utilization = () => left.shift() ?? 0;
  const none = () => 0;
  const capacity = new Capacity({
    maxLoad,
    latenessMs: () => lateMs,
    rooms: none,
    talked: none,
    utilization,
  });
  return loads.map(() => capacity.look());
}

/** A mixer in which each room costs `each` as soon as it is `settleS` old; one look a second. */
class RampedMixer {
  readonly openedAt: number[] = [];
  readonly capacity: Capacity;
  #second = 0;

  constructor(each: number, settleS: number) {
    const loud = () => this.openedAt.filter((at) => this.#second - at >= settleS).length;
    this.capacity = new Capacity({
      maxLoad: 0.85,
      latenessMs: () => 0,
      rooms: () => this.openedAt.length,
      talked: loud,
      utilization: () => Math.min(1, loud() * each),
    });
  }

  /** Offers so many rooms in each of the seconds. Returns how many are open then. */
  offer(perSecond: number, seconds: number): number {
    for (let second = 0; second < seconds; second++) {
      for (let room = 0; room < perSecond; room++) if (!this.capacity.busy) this.openedAt.push(this.#second);
      this.#second += 1;
      this.capacity.look();
    }
    return this.openedAt.length;
  }
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

test('M35 rooms that are still quiet count by what the others cost: however fast they come, none is too much', () => {
  for (const perSecond of [1, 2, 5]) {
    const open = new RampedMixer(0.01, 3).offer(perSecond, 200);
    expect(open, `${perSecond} a second`).toBeLessThanOrEqual(63);
    expect(open, `${perSecond} a second`).toBeGreaterThan(56);
  }
});

test('M35 before there is anything to learn from, a room counts by what was measured', () => {
  const mixer = new RampedMixer(0.012, 3);
  expect(mixer.offer(1_000, 1)).toBe(53);
  expect(mixer.offer(1, 60)).toBe(53);
});

test('M35 what the first rooms cost while they are compiled for is not expected of the next ones', () => {
  const rooms = { count: 0 };
  const each = () => (rooms.count < 30 ? 0.019 : 0.0145);
  const capacity = new Capacity({
    maxLoad: 0.85,
    latenessMs: () => 0,
    rooms: () => rooms.count,
    talked: () => rooms.count,
    utilization: () => rooms.count * each(),
  });
  for (let second = 0; second < 30; second++) {
    for (let room = 0; room < 2; room++) if (!capacity.busy) rooms.count += 1;
    capacity.look();
  }
  expect(rooms.count).toBeGreaterThan(40);
  expect(rooms.count).toBeLessThan(46);
});

test('M35 quiet rooms keep nobody out', () => {
  expect(new RampedMixer(0, 3).offer(5, 60)).toBe(300);
});

test('M35 with 1 the load refuses nobody', () => {
  expect(looks(1, times(20, 1), 500)).not.toContain(true);
});
