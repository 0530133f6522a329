import type { SessionEvent } from '@parley/contract';
import { applyEvents, type RoomModel } from './roomModel.ts';
import { skipGap } from './sequence.ts';
import type { Request } from './Signaling.ts';

export interface EventFeedPorts {
  request: Request;
  room: () => RoomModel | null;
  setRoom: (room: RoomModel) => void;
  isLive: () => boolean;
}

const TRIES = 5;
const PAUSE_MS = 400;

/** Brings every durable fact into the room's model once and in order, whatever the wire did to them. */
export class EventFeed {
  readonly #ports: EventFeedPorts;
  #catchingUp = false;

  constructor(ports: EventFeedPorts) {
    this.#ports = ports;
  }

  receive(event: SessionEvent): void {
    const room = this.#ports.room();
    if (room === null) return;
    const applied = applyEvents(room, [event]);
    this.#ports.setRoom(applied.room);
    if (applied.gap) void this.catchUp();
  }

  /** Fetches what is missing. One at a time; never throws: the next event, or the next join, asks again. */
  async catchUp(): Promise<void> {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    try {
      await this.#fetch();
    } catch {
      // The hub went away in between.
    } finally {
      this.#catchingUp = false;
    }
  }

  /**
   * The history may be a moment behind the live events, so a gap is asked for again with growing pauses; what never
   * comes is skipped rather than waited for.
   */
  async #fetch(): Promise<void> {
    const { request, room, setRoom, isLive } = this.#ports;
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
}
