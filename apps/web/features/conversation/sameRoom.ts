import type { ParticipantId, ParticipantView } from '@parley/contract';
import type { SameRoomView } from '../session/roomModel.ts';

type Group = SameRoomView['groups'][number];

/** The group that this device is in. */
export const groupOf = ({ groups }: SameRoomView, me: ParticipantId): Group | undefined =>
  groups.find(({ participantIds }) => participantIds.includes(me));

/** Devices that seem to stand beside this one and are not grouped with it yet. */
export function offerFor(sameRoom: SameRoomView, me: ParticipantId): ParticipantId[] | undefined {
  const grouped = groupOf(sameRoom, me)?.participantIds ?? [];
  return sameRoom.offered.find(
    (ids) => ids.length > 1 && ids.includes(me) && ids.some((id) => !grouped.includes(id)),
  );
}

/** What a dismissed offer is known by: another device makes it another offer. */
export const signatureOfOffer = (ids: readonly ParticipantId[]): string => ids.toSorted().join(' ');

/** Another device of the group plays for this one. */
export function isSilencedByGroup(sameRoom: SameRoomView, me: ParticipantId): boolean {
  const group = groupOf(sameRoom, me);
  return group !== undefined && group.speakerId !== me;
}

/** `Ada, Ben and yours`; who has left already is left out. */
export function deviceNames(
  ids: readonly ParticipantId[],
  participants: readonly Pick<ParticipantView, 'id' | 'name'>[],
  me: ParticipantId,
): string {
  const others = participants.filter(({ id }) => id !== me && ids.includes(id)).map(({ name }) => name);
  const names = ids.includes(me) ? [...others, 'yours'] : others;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
