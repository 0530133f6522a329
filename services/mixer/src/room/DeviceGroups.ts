import { type DownwardMessage, type EventData, type ParticipantId } from '@parley/contract';
import { BestMicrophone } from './BestMicrophone.ts';

type GroupView = Extract<DownwardMessage, { type: 'same-room' }>['groups'][number];
export type GroupFact = EventData<'devices:grouped'>;

interface Group {
  participantIds: ParticipantId[];
  /** The one that plays for all. */
  speakerId: ParticipantId;
  microphone: BestMicrophone;
}

/** Devices in one physical room: of their microphones only the best is heard, of their loudspeakers one plays. */
export class DeviceGroups {
  #groups: Group[] = [];

  get views(): GroupView[] {
    return this.#groups.map(({ participantIds, speakerId }) => ({ participantIds, speakerId }));
  }

  /** In one group already: nothing to offer. */
  together(ids: readonly ParticipantId[]): boolean {
    return this.#groups.some(({ participantIds }) => ids.every((id) => participantIds.includes(id)));
  }

  /**
   * The asking device and others become a group and leave those they were in; it plays, because somebody stands at it.
   * Fewer than two: its group is dissolved. Returns what changed, none when nothing did.
   */
  group(asking: ParticipantId, participantIds: readonly ParticipantId[]): GroupFact[] {
    const wanted = [...new Set(participantIds)];
    const present = this.#groups.find(({ participantIds: ids }) => ids.includes(asking));
    if (wanted.length < 2) {
      if (!present) return [];
      this.#groups = this.#groups.filter((group) => group !== present);
      return [DISSOLVED];
    }
    if (present && sameIds(present.participantIds, wanted)) return [];
    // Of a group that goes over into the new one as a whole there is nothing to tell.
    const former = this.#groups.filter(({ participantIds: ids }) => ids.some((id) => wanted.includes(id)));
    for (const group of former) this.#keep(group, (id) => !wanted.includes(id));
    const changes = former.flatMap((group) => this.#told(group));
    this.#groups.push({ participantIds: wanted, speakerId: asking, microphone: new BestMicrophone() });
    return [...changes, { participantIds: wanted, speakerId: asking }];
  }

  /** The device is gone from its group; one alone is none. */
  left(id: ParticipantId): GroupFact[] {
    const group = this.#groups.find(({ participantIds: ids }) => ids.includes(id));
    if (!group) return [];
    this.#keep(group, (other) => other !== id);
    return this.#told(group);
  }

  #keep(group: Group, stays: (id: ParticipantId) => boolean): void {
    group.participantIds = group.participantIds.filter(stays);
    const [first] = group.participantIds;
    if (first !== undefined && !stays(group.speakerId)) group.speakerId = first;
    if (group.participantIds.length < 2) this.#groups = this.#groups.filter((other) => other !== group);
  }

  #told({ participantIds, speakerId }: Group): GroupFact[] {
    if (participantIds.length === 0) return [];
    return [participantIds.length < 2 ? DISSOLVED : { participantIds, speakerId }];
  }

  /** One frame: of each group all microphones but the best, which are not to be heard. `levels` in dBov. */
  silenced(levels: ReadonlyMap<ParticipantId, number>, into: Set<ParticipantId>): void {
    for (const { participantIds, microphone } of this.#groups) {
      const own = new Map<ParticipantId, number>();
      for (const id of participantIds) {
        const dbov = levels.get(id);
        if (dbov !== undefined) own.set(id, dbov);
      }
      const best = microphone.update(own);
      for (const id of participantIds) if (id !== best) into.add(id);
    }
  }
}

const DISSOLVED: GroupFact = { participantIds: [], speakerId: null };

function sameIds(some: readonly ParticipantId[], others: readonly ParticipantId[]): boolean {
  return some.length === others.length && some.every((id) => others.includes(id));
}
