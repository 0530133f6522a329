/** Where a seat stands, in percent of the stage. */
export interface SeatPlace {
  x: number;
  y: number;
}

/** Half axes of the oval in percent of the stage's width and height. */
const RADIUS_X = 40;
const RADIUS_Y = 36.5;
const CENTER_X = 50;
const CENTER_Y = 48.5;
/** Width by height of the stage on a usual laptop; decides only how even the seats look. */
const ASPECT = 1.35;
const STEPS = 720;

/**
 * Seats at equal distances along an oval, clockwise, the first one nearest to the viewer. Equal angles would crowd
 * the narrow ends.
 */
export function seatPlaces(count: number): SeatPlace[] {
  const walked: number[] = [0];
  for (let step = 1; step <= STEPS; step++) {
    const before = pointAt(step - 1);
    const here = pointAt(step);
    const length = Math.hypot((here.x - before.x) * ASPECT, here.y - before.y);
    walked.push((walked[step - 1] ?? 0) + length);
  }
  const around = walked[STEPS] ?? 1;
  return Array.from({ length: count }, (_, seat) => {
    const step = walked.findIndex((length) => length >= (around * seat) / count - 1e-9);
    return pointAt(Math.max(0, step));
  });
}

function pointAt(step: number): SeatPlace {
  // Screen coordinates grow downward: a quarter turn is the near side, and growing angles go clockwise.
  const angle = Math.PI / 2 + (2 * Math.PI * step) / STEPS;
  return { x: CENTER_X + RADIUS_X * Math.cos(angle), y: CENTER_Y + RADIUS_Y * Math.sin(angle) };
}

/** Everybody clockwise in the order in which they came, beginning with oneself. */
export function fromMySide<Person extends { id: string }>(people: Person[], me: string): Person[] {
  const index = people.findIndex((person) => person.id === me);
  return index <= 0 ? people : [...people.slice(index), ...people.slice(0, index)];
}
