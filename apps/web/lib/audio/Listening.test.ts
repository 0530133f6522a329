import { SILENCE_DBOV } from '@parley/contract';
import { expect, test } from 'vitest';
import { levelOf } from './Listening.ts';

test('silence is the lowest level, full scale the highest, half of it 6 dB less', () => {
  expect(levelOf(new Float32Array(8))).toBe(SILENCE_DBOV);
  expect(levelOf(new Float32Array(8).fill(1))).toBeCloseTo(0);
  expect(levelOf(new Float32Array(8).fill(-0.5))).toBeCloseTo(-6.02, 1);
  expect(levelOf(new Float32Array())).toBe(SILENCE_DBOV);
});
