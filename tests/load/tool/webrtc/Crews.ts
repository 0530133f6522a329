import { availableParallelism } from 'node:os';
import type { Admission, Players, PlayersRecord, RoomPlan } from '../Players.ts';
import { Crew } from './Crew.ts';
import type { CrewData } from './messages.ts';

/** WebRTC players in as many threads as there are cores, a room in each one's turn. Owns the threads. */
export class Crews implements Players {
  readonly #crews: readonly Crew[];
  #rooms = 0;

  constructor(data: CrewData, rooms: number) {
    const threads = Math.min(rooms, availableParallelism());
    this.#crews = Array.from({ length: threads }, () => new Crew(data));
  }

  async play(plan: RoomPlan): Promise<Admission> {
    const crew = this.#crews[this.#rooms++ % this.#crews.length];
    if (!crew) throw new Error('No threads for the bots.');
    return crew.play(plan);
  }

  async restart(): Promise<void> {
    await Promise.all(this.#crews.map((crew) => crew.restart()));
  }

  async tell(): Promise<PlayersRecord> {
    const records = await Promise.all(this.#crews.map((crew) => crew.tell()));
    return {
      rooms: records.flatMap(({ rooms }) => rooms),
      lateMs: records.flatMap(({ lateMs }) => lateMs),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#crews.map((crew) => crew.close()));
  }
}
