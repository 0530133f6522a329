import { expect, test } from 'vitest';
import { installCommand, missingPackages } from './systemPackages.ts';

test('what dpkg does not call installed is missing', () => {
  const query = () => 'g++ ii\nlibssl-dev ii\nredis-server rc\n';
  expect(missingPackages(['g++', 'libssl-dev', 'redis-server', 'chromium'], query)).toEqual([
    'redis-server',
    'chromium',
  ]);
});

test('nothing is known where dpkg says nothing', () => {
  expect(missingPackages(['g++'], () => '')).toEqual(['g++']);
});

test('the command can be copied', () => {
  expect(installCommand(['g++', 'ninja-build'])).toBe('sudo apt-get install -y g++ ninja-build');
});
