import { expect, test } from 'vitest';
import { readCall } from './readCall.ts';

test('T2 arguments are read as their tool has them', () => {
  expect(readCall('nested_team', '{"task":" find it "}')).toEqual({
    name: 'nested_team',
    arguments: { task: 'find it' },
  });
  expect(readCall('job_status', '')).toEqual({ name: 'job_status', arguments: {} });
});

test.each([
  ['rm', '{}', 'There is no tool "rm".'],
  ['constructor', '{}', 'There is no tool "constructor".'],
  ['code', '{', 'no valid JSON'],
  ['code', '"task"', 'The arguments are wrong'],
  ['code', '{"task":5}', 'task: '],
  ['code', '{"task":"x","files":[{"path":"/etc/passwd","content":""}]}', 'files.0.path: A relative path'],
  ['code', '{"task":"x","files":[{"path":"a/../../b","content":""}]}', 'files.0.path: A relative path'],
  ['code', `{"task":"${'x'.repeat(8_001)}"}`, 'task: '],
  ['code', `"${'x'.repeat(2_600_000)}"`, 'too large'],
])('T2 %s(%s) is refused in words', (name, text, why) => {
  const read = readCall(name, text);
  expect('error' in read && read.error).toContain(why);
  expect('error' in read && read.error.length).toBeLessThan(1_500);
});
