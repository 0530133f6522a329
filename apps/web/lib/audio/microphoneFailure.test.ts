import { expect, test } from 'vitest';
import { readFailure, whyImpossible, type MicrophoneFailure } from './microphoneFailure.ts';
import { MICROPHONE_WORDS } from './microphoneWords.ts';

test.each([
  ['NotAllowedError', 'denied'],
  ['SecurityError', 'denied'],
  ['NotFoundError', 'missing'],
  ['OverconstrainedError', 'missing'],
  ['NotReadableError', 'busy'],
  ['AbortError', 'busy'],
  ['TypeError', 'unknown'],
] as const)('%s means %s, and has words', (name, why: MicrophoneFailure) => {
  expect(readFailure(new DOMException('x', name))).toBe(why);
  expect(MICROPHONE_WORDS[why].text).not.toBe('');
});

test('without HTTPS there is no microphone to ask for', () => {
  expect(whyImpossible({ secure: false, hasDevices: false })).toBe('insecure');
  expect(whyImpossible({ secure: true, hasDevices: false })).toBe('unsupported');
  expect(whyImpossible({ secure: true, hasDevices: true })).toBeUndefined();
});
