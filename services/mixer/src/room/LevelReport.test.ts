import { newParticipantId } from '@parley/contract';
import { expect, test } from 'vitest';
import { LevelReport } from './LevelReport.ts';

const anna = newParticipantId();

test('M15 ten a second while somebody is audible, with the loudest of 100 ms', () => {
  const report = new LevelReport();
  const told = [];
  for (let frame = 0; frame < 50; frame++) {
    report.participant(anna, frame % 5 === 2 ? -20 : -40);
    const levels = report.next();
    if (levels) told.push(levels);
  }
  expect(told).toHaveLength(10);
  expect(told[0]).toEqual({ participants: { [anna]: -20 }, assistant: -127 });
});

test('M15 says once that all are silent, then nothing', () => {
  const report = new LevelReport();
  report.assistant(-30);
  const told = [];
  for (let frame = 0; frame < 100; frame++) {
    const levels = report.next();
    if (levels) told.push(levels);
    expect(report.owesSilence).toBe(frame >= 4 && frame < 9);
  }
  expect(told).toEqual([
    { participants: {}, assistant: -30 },
    { participants: {}, assistant: -127 },
  ]);
});

test('the noise of a quiet room is nobody', () => {
  const report = new LevelReport();
  for (let frame = 0; frame < 50; frame++) {
    report.participant(anna, -75);
    expect(report.next()).toBeUndefined();
  }
});
