/** People speak for this part of each cycle; then they listen to the assistant. */
export const CYCLE_MS = 20_000;
export const TALK_MS = 12_000;

export interface Stretch {
  /** Index of the bot. */
  bot: number;
  fromMs: number;
  toMs: number;
}

/**
 * Who speaks when in a cycle: one after the other begins each cycle, and as many others join in as it takes to have
 * `talkers` at once on average (1.4: one all the time, another for 40 % of it). The same for the same arguments.
 */
export function stretches(cycle: number, participants: number, talkers: number): Stretch[] {
  const found: Stretch[] = [];
  for (let place = 0; place < Math.min(participants, Math.ceil(talkers)); place++) {
    const share = Math.min(1, talkers - place);
    // Those who join in do so in the middle: who begins is alone then, and can be told from the rest.
    const fromMs = (TALK_MS * (1 - share)) / 2;
    found.push({ bot: (cycle + place) % participants, fromMs, toMs: fromMs + TALK_MS * share });
  }
  return found;
}

/** Rooms are in different places of the cycle, spread evenly. */
export const offsetMs = (room: number, rooms: number): number => (CYCLE_MS * room) / rooms;

/** The same for any number of rooms, also while they are becoming more (the golden ratio leaves no part of the cycle out). */
export const placeMs = (room: number): number => ((room * 0.618_034) % 1) * CYCLE_MS;
