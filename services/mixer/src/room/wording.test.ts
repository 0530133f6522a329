import { newParticipantId } from '@parley/contract';
import { expect, test } from 'vitest';
import { instructions, speakerNote, spokenLine } from './wording.ts';

const speaker = (name: string, share: number) => ({ participantId: newParticipantId(), name, share });

test('the instructions name the assistant, tell of the room, and end with the own prompt', () => {
  const text = instructions({ agentName: 'Ada', systemPrompt: '  Answer in rhyme. ' });
  expect(text).toMatch(/^You are Ada, .*several people/);
  expect(text).toMatch(/\n\nAnswer in rhyme\.$/);
  expect(instructions({ agentName: 'Ada', systemPrompt: ' ' })).not.toContain('\n');
});

test('who spoke', () => {
  expect(speakerNote([], 0)).toBeUndefined();
  expect(speakerNote([speaker('Anna', 1)], 0)).toBe('Speaking: Anna.');
  const both = [speaker('Anna', 0.82), speaker('Ben', 0.18)];
  expect(speakerNote(both, 0.05)).toBe('Speaking: Anna 82 %, Ben 18 %.');
  expect(speakerNote(both, 0.4)).toBe('Speaking: Anna 82 %, Ben 18 %, partly at the same time.');
  expect(spokenLine(both, 'Hello.')).toBe('Anna and Ben: Hello.');
  expect(spokenLine([], 'Hello.')).toBe('Hello.');
});
