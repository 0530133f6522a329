import { ParticipantId } from '@parley/contract';
import { expect, test } from 'vitest';
import { ADA, BEN, person } from '../session/testing/samples.ts';
import { deviceNames, isSilencedByGroup, offerFor } from './sameRoom.ts';

const CY = ParticipantId.parse('p_cccccccccccc');
const PEOPLE = [person(ADA, 'Ada'), person(BEN, 'Ben'), person(CY, 'Cy')];
const group = { participantIds: [ADA, BEN], speakerId: BEN };

test('an offer is for those in it', () => {
  const sameRoom = { offered: [[ADA, BEN]], groups: [] };
  expect(offerFor(sameRoom, ADA)).toEqual([ADA, BEN]);
  expect(offerFor(sameRoom, CY)).toBeUndefined();
  expect(offerFor({ offered: [[ADA]], groups: [] }, ADA)).toBeUndefined();
});

test('what is grouped already is not offered again, a further device is', () => {
  expect(offerFor({ offered: [[ADA, BEN]], groups: [group] }, ADA)).toBeUndefined();
  expect(offerFor({ offered: [[ADA, BEN, CY]], groups: [group] }, ADA)).toEqual([ADA, BEN, CY]);
});

test('all of a group but the one that plays are silent', () => {
  const sameRoom = { offered: [], groups: [group] };
  expect([ADA, BEN, CY].map((id) => isSilencedByGroup(sameRoom, id))).toEqual([true, false, false]);
});

test('devices go by the names of their people', () => {
  expect(deviceNames([ADA, BEN, CY], PEOPLE, ADA)).toBe('Ben, Cy and yours');
  expect(deviceNames([ADA, BEN], PEOPLE.slice(0, 1), CY)).toBe('Ada');
});
