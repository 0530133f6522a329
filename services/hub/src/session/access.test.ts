import { expect, test } from 'vitest';
import { checkMayEnd, checkMayUse, checkOffer, mayConnect } from './access.ts';

test.each([
  ['a program, which has no origin', undefined, true],
  ['the page itself', 'https://parley.example:8443', true],
  ['the page over http', 'http://parley.example:8443', true],
  ['the same host at another port', 'https://parley.example', false],
  ['another page', 'https://evil.example', false],
  ['one allowed by name', 'https://friend.example', true],
  ['a page that hides its origin', 'null', false],
  ['what is no origin', 'x', false],
])('H14 %s', (_name, origin, allowed) => {
  expect(mayConnect(origin, 'parley.example:8443', ['https://friend.example'])).toBe(allowed);
});

test('only an owner ends, a listener does not speak', () => {
  expect(() => checkMayEnd('owner')).not.toThrow();
  expect(() => checkMayEnd('speaker')).toThrow(/Only the owner/);
  expect(() => checkMayUse('listener', 'media:consume')).not.toThrow();
  expect(() => checkMayUse('listener', 'media:produce')).toThrow(/listener/);
});

test('an offer has a version and audio', () => {
  expect(() => checkOffer('v=0\r\nm=audio 9 RTP/AVP 0\r\n')).not.toThrow();
  expect(() => checkOffer('v=0\nm=audio 9 RTP/AVP 0\n')).not.toThrow();
  expect(() => checkOffer('hello')).toThrow(/no SDP/);
  expect(() => checkOffer('v=0\r\nm=video 9 RTP/AVP 0\r\n')).toThrow(/no audio/);
});
