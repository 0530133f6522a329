import { newParticipantId, type ParticipantId } from '@parley/contract';
import { beforeEach, expect, test } from 'vitest';
import { DeviceGroups } from './DeviceGroups.ts';

const [anna, ben, chloe, david] = [1, 2, 3, 4].map(() => newParticipantId()) as [
  ParticipantId,
  ParticipantId,
  ParticipantId,
  ParticipantId,
];
const DISSOLVED = { participantIds: [], speakerId: null };
let groups: DeviceGroups;
beforeEach(() => {
  groups = new DeviceGroups();
});

test('M77 the asking device plays for the group', () => {
  expect(groups.group(ben, [anna, ben, ben])).toEqual([{ participantIds: [anna, ben], speakerId: ben }]);
  expect(groups.views).toEqual([{ participantIds: [anna, ben], speakerId: ben }]);
  expect(groups.together([anna, ben])).toBe(true);
  expect(groups.together([anna, chloe])).toBe(false);
});

test('the same again is no change; fewer than two dissolve', () => {
  groups.group(anna, [anna, ben]);
  expect(groups.group(anna, [ben, anna])).toEqual([]);
  expect(groups.group(anna, [anna])).toEqual([DISSOLVED]);
  expect(groups.group(anna, [])).toEqual([]);
  expect(groups.views).toEqual([]);
});

test('a device is in one group: it leaves the former', () => {
  groups.group(anna, [anna, ben, chloe]);
  const both = groups.group(david, [david, chloe]);
  expect(both).toEqual([
    { participantIds: [anna, ben], speakerId: anna },
    { participantIds: [david, chloe], speakerId: david },
  ]);
  expect(groups.group(chloe, [chloe, anna])).toEqual([
    DISSOLVED,
    DISSOLVED,
    { participantIds: [chloe, anna], speakerId: chloe },
  ]);
  expect(groups.group(chloe, [chloe, anna, ben])).toEqual([
    { participantIds: [chloe, anna, ben], speakerId: chloe },
  ]);
});

test('whoever leaves the room leaves the group; another one plays; one alone is none', () => {
  groups.group(anna, [anna, ben, chloe]);
  expect(groups.left(anna)).toEqual([{ participantIds: [ben, chloe], speakerId: ben }]);
  expect(groups.left(david)).toEqual([]);
  expect(groups.left(chloe)).toEqual([DISSOLVED]);
  expect(groups.left(ben)).toEqual([]);
});

test('M77 all microphones of a group but the best are silenced, others never', () => {
  groups.group(anna, [anna, ben]);
  const silenced = new Set<ParticipantId>();
  groups.silenced(
    new Map([
      [anna, -30],
      [ben, -40],
      [chloe, -20],
    ]),
    silenced,
  );
  expect([...silenced]).toEqual([ben]);
});
