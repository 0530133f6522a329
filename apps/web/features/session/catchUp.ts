import { skipGap } from './sequence.ts';
import { applyEvents, type RoomModel } from './roomModel.ts';
import type { Request } from './Signaling.ts';

const TRIES = 5;
const PAUSE_MS = 400;

export interface CatchUpPorts {
  request: Request;
  room: () => RoomModel | null;
  setRoom: (room: RoomModel) => void;
  isLive: () => boolean;
}

/**
 * Fetches what is missing between the last event in order and the newest one. The history may be a moment behind the
 * live events, so a gap is asked for again with growing pauses; what never comes is skipped rather than waited for.
 */
export async function catchUp({ request, room, setRoom, isLive }: CatchUpPorts): Promise<void> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const before = room();
    if (before === null || !isLive()) return;
    const last = before.sequence.last;
    const { events } = await request('events:list', { afterSeq: last });
    const now = room();
    if (now === null) return;
    const { room: next, gap } = applyEvents(now, events);
    setRoom(next);
    if (next.sequence.last > last) attempt = 0;
    // A full page may not be the last one.
    if (!gap && events.length === 0) return;
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
  }
  const stuck = room();
  if (stuck !== null) setRoom(applyEvents({ ...stuck, sequence: skipGap(stuck.sequence) }, []).room);
}
