import { newParticipantId } from '@parley/contract';
import { expect, test } from 'vitest';
import { assignTones, initialsOf, listNames, toneOf } from './people.ts';

test.each([
  ['Ada Lovelace', 'AL'],
  ['ada', 'AD'],
  ['  Jean  Luc   Picard ', 'JP'],
  ['Ä', 'Ä'],
  ['👩‍🚀 Sally', '👩‍🚀S'],
  ['', '?'],
])('initials of %o are %o', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

test('a colour follows from the ID alone, and IDs spread over all of them', () => {
  const id = newParticipantId();
  expect(toneOf(id)).toEqual(toneOf(id));
  const seen = new Set(Array.from({ length: 600 }, () => JSON.stringify(toneOf(newParticipantId()))));
  expect(seen.size).toBe(24);
});

test('names are listed as people say them', () => {
  expect(listNames([])).toBe('nobody');
  expect(listNames(['Ada'])).toBe('Ada');
  expect(listNames(['Ada', 'Ben'])).toBe('Ada and Ben');
  expect(listNames(['Ada', 'Ben', 'Cleo'])).toBe('Ada, Ben and 1 more');
  expect(listNames(['Ada', 'Ben', 'Cleo'], 3)).toBe('Ada, Ben and Cleo');
});

test('two people at one table never have the same colour while there are enough', () => {
  const ids = Array.from({ length: 24 }, () => newParticipantId());
  const tones = assignTones(ids);
  expect(new Set(Array.from(tones.values(), (tone) => JSON.stringify(tone))).size).toBe(24);
  expect(assignTones([...ids, ...ids, newParticipantId()]).size).toBe(25);
});

test('who comes later changes nobody’s colour', () => {
  const ids = Array.from({ length: 10 }, () => newParticipantId());
  const early = assignTones(ids.slice(0, 5));
  const late = assignTones(ids);
  for (const [id, tone] of early) expect(late.get(id)).toEqual(tone);
});
