import { CallCause } from '@parley/contract';
import { expect, test } from 'vitest';
import { anna, ben } from '../testing/AssistantStage.ts';
import { mergeCauses } from './mergeCauses.ts';

const asker = (participantId: typeof anna, name: string, share = 1) =>
  ({ participantId, name, role: 'speaker', share }) as const;
const cause = (change: Partial<CallCause> = {}): CallCause => ({
  askers: [asker(anna, 'Anna')],
  overlap: 0,
  by: 'voice',
  words: 'Hello',
  ...change,
});

test('M121 one cause stays as it is', () => {
  expect(mergeCauses([cause()])).toEqual(cause());
  expect(mergeCauses([])).toEqual({ askers: [], overlap: 0, by: 'nobody', words: '' });
});

test('M121 each counts alike, the loudest first, and the worst overlap', () => {
  const merged = mergeCauses([
    cause({ overlap: 0.1 }),
    cause({ askers: [asker(ben, 'Ben', 0.6), asker(anna, 'Anna', 0.4)], overlap: 0.4, by: 'text' }),
  ]);
  expect(merged.askers.map(({ name, share }) => [name, share])).toEqual([
    ['Anna', 0.7],
    ['Ben', 0.3],
  ]);
  expect(merged).toMatchObject({ overlap: 0.4, by: 'both', words: 'Anna: Hello\nBen and Anna: Hello' });
});

test('M121 an unknown voice makes it unclear; nobody in particular does not', () => {
  expect(mergeCauses([cause(), cause({ askers: [] })]).askers).toEqual([]);
  expect(mergeCauses([cause(), cause({ askers: [], by: 'nobody', words: '' })]).askers).toHaveLength(1);
});

test('M121 it fits the wire, however much was said', () => {
  const many = Array.from({ length: 60 }, (_, i) => cause({ words: `${i} `.repeat(100) }));
  const merged = mergeCauses(many);
  expect(CallCause.safeParse(merged).success).toBe(true);
  expect(merged.words.endsWith('59 ')).toBe(true);
});
