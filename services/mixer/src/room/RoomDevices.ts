import { AppError, type DownwardMessage, type ParticipantId } from '@parley/contract';
import { DeviceGroups, type GroupFact } from './DeviceGroups.ts';
import { Hearing } from './Hearing.ts';
import { SameRoom } from './SameRoom.ts';

export interface RoomDevicesEffects {
  fact(data: GroupFact): void;
  /** To every device. */
  tell(message: DownwardMessage): void;
}

/** How the devices of a room stand to each other: which of them are in one physical room, and who is heard of those. */
export class RoomDevices {
  readonly hearing: Hearing;
  readonly #effects: RoomDevicesEffects;
  readonly #groups = new DeviceGroups();
  readonly #sameRoom = new SameRoom();

  constructor(effects: RoomDevicesEffects) {
    this.#effects = effects;
    this.hearing = new Hearing({
      silenced: (levels, into) => this.#groups.silenced(levels, into),
      compare: (tracks) => {
        if (this.#sameRoom.update(tracks)) this.#effects.tell(this.message);
      },
    });
  }

  /** What every device should know. */
  get message(): DownwardMessage {
    const offered = this.#sameRoom.offered.filter((ids) => !this.#groups.together(ids));
    return { type: 'same-room', offered, groups: this.#groups.views };
  }

  /** See the command `devices:group`. All of them are in the room. Throws `bad-request`. */
  group(asking: ParticipantId, participantIds: readonly ParticipantId[]): void {
    if (participantIds.length >= 2 && !participantIds.includes(asking))
      throw new AppError('bad-request', 'The device that asks must be one of the group.');
    this.#changed(this.#groups.group(asking, participantIds));
  }

  left(id: ParticipantId): void {
    this.hearing.left(id);
    const offered = this.#sameRoom.left(id);
    const facts = this.#groups.left(id);
    this.#changed(facts);
    if (offered && facts.length === 0) this.#effects.tell(this.message);
  }

  #changed(facts: readonly GroupFact[]): void {
    for (const fact of facts) this.#effects.fact(fact);
    if (facts.length > 0) this.#effects.tell(this.message);
  }
}
