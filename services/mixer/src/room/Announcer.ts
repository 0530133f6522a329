import type { AssistantState, DownwardMessage, ParticipantId } from '@parley/contract';
import type { CostView } from './CostMeter.ts';
import type { Floor } from './Floor.ts';
import type { RoomMedia } from './mediaPorts.ts';
import type { Member } from './Member.ts';

export interface AnnouncerOptions {
  media: Pick<RoomMedia, 'broadcast' | 'assistantProducerId'>;
  members: ReadonlyMap<ParticipantId, Member>;
  assistant: { readonly state: AssistantState; readonly cost: CostView };
  floor: Pick<Floor, 'holders'>;
}

/** What a room tells its devices over their data channels. */
export class Announcer {
  readonly #options: AnnouncerOptions;
  #closed = false;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** To everybody: devices by one broadcast in the router, plain peers one by one. */
  tell(message: DownwardMessage): void {
    if (this.#closed) return;
    const text = JSON.stringify(message);
    this.#options.media.broadcast(text);
    for (const { ear, line } of this.#options.members.values()) if (ear) line.send(text);
  }

  /** The sources have changed. */
  tellState(): void {
    this.tell(this.#state());
  }

  /** Others hold the talk button now. */
  tellFloor(): void {
    this.tell(this.#floor());
  }

  /** To one device that wants to know how things stand. */
  greet({ line }: Pick<Member, 'line'>): void {
    if (this.#closed) return;
    for (const message of [this.#state(), this.#floor(), this.#cost()]) line.send(JSON.stringify(message));
  }

  close(): void {
    this.#closed = true;
  }

  #cost(): DownwardMessage {
    return { type: 'cost', ...this.#options.assistant.cost };
  }

  #floor(): DownwardMessage {
    return { type: 'floor', holders: [...this.#options.floor.holders] };
  }

  #state(): DownwardMessage {
    const { media, members, assistant } = this.#options;
    return {
      type: 'room:state',
      sources: [...members.values()].flatMap(({ id, producerId, muted }) =>
        producerId === undefined ? [] : [{ participantId: id, producerId, muted }],
      ),
      assistantProducerId: media.assistantProducerId,
      assistant: assistant.state,
    };
  }
}
