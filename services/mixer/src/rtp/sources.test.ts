import { expect, test } from 'vitest';
import { isAllowed, readSources } from './sources.ts';

test.each([
  ['127.0.0.0/8', '127.3.2.1', true],
  ['127.0.0.0/8', '128.0.0.1', false],
  ['127.0.0.0/8', '::ffff:127.0.0.1', true],
  [' 10.1.2.3 , ::1 ', '10.1.2.3', true],
  ['10.1.2.3,::1', '::1', true],
  ['10.1.2.3,::1', '10.1.2.4', false],
  ['fd00::/8', 'fd12::1', true],
  ['0.0.0.0/0', '203.0.113.5', true],
  ['', '127.0.0.1', false],
])('of "%s" is %s: %s', (text, address, allowed) => {
  const list = readSources(text);
  expect(list && isAllowed(list, address)).toBe(allowed);
});

test.each([
  'localhost',
  '127.0.0.1/33',
  '127.0.0.1/',
  '127.0.0.1/8/8',
  '::1/129',
  '127.0.0.1/x',
  '1.2.3.4/-1',
])('"%s" is no list', (text) => expect(readSources(text)).toBeUndefined());
