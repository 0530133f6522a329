import { newParticipantId } from '@parley/contract';
import { expect, test } from 'vitest';
import { Causes } from './Causes.ts';

const anna = { participantId: newParticipantId(), name: 'Anna' };
const ben = { participantId: newParticipantId(), name: 'Ben' };

test('M111 turns and texts since the last answer, each counting alike', () => {
  const causes = new Causes();
  causes.add([
    { ...anna, share: 0.5 },
    { ...ben, share: 0.5 },
  ]);
  causes.add([{ ...anna, share: 1 }]);
  expect(causes.last).toEqual([]);
  causes.asked();
  expect(causes.last).toEqual([
    { ...anna, share: 0.75 },
    { ...ben, share: 0.25 },
  ]);
});

test('M111 an answer after a tool is caused by those who caused the call', () => {
  const causes = new Causes();
  causes.add([{ ...ben, share: 1 }]);
  causes.asked();
  causes.add([]);
  causes.asked();
  expect(causes.last).toEqual([{ ...ben, share: 1 }]);
  causes.add([{ ...anna, share: 1 }]);
  causes.asked();
  expect(causes.last).toEqual([{ ...anna, share: 1 }]);
});
