import { describe, expect, it } from 'vitest';
import { levelDbov, VoiceGate } from './level.ts';

const square = (amplitude: number) =>
  Int16Array.from({ length: 480 }, (_, i) => (i % 2 ? amplitude : -amplitude));

describe('levelDbov', () => {
  it.each([
    ['nothing', new Int16Array(480), -127],
    ['the loudest there is', square(32_767), 0],
    ['the most negative', new Int16Array(480).fill(-32_768), 0],
    ['half', square(16_384), -6],
    ['a tenth', square(3_277), -20],
    ['one bit', square(1), -90],
    ['one sample', new Int16Array(480).fill(1, 0, 1), -117],
    ['no samples', new Int16Array(), -127],
  ])('%s', (_name, frame, dbov) => {
    expect(levelDbov(frame)).toBe(dbov);
  });
});

describe('VoiceGate', () => {
  it('opens at one level and closes at a lower one', () => {
    const gate = new VoiceGate({ openDbov: -40, closeDbov: -50 });
    const levels = [-127, -45, -40, -45, -50, -51, -45, -39, -127];
    expect(levels.map((level) => gate.update(level))).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
    expect(gate.open).toBe(false);
  });
});
