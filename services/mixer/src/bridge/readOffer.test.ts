import { expect, test } from 'vitest';
import { MAX_SDP_BYTES, readOffer } from './readOffer.ts';

const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 0.0.0.0',
  'a=mid:0',
  'a=sendrecv',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789012345678901',
  'a=fingerprint:sha-256 00:11:22',
  'a=setup:actpass',
  'a=rtpmap:111 opus/48000/2',
  '',
];
const offer = (change: (line: string) => string | undefined = (line) => line) =>
  OFFER.map(change)
    .filter((line) => line !== undefined)
    .join('\r\n');
const without = (start: string) => offer((line) => (line.startsWith(start) ? undefined : line));

test.each([
  ['sendrecv', true, true],
  ['sendonly', true, false],
  ['recvonly', false, true],
  ['inactive', false, false],
])('reads the direction %s', (direction, sends, receives) => {
  expect(readOffer(offer((line) => (line === 'a=sendrecv' ? `a=${direction}` : line)))).toEqual({
    sends,
    receives,
  });
});

test('without a direction it is sendrecv; session-level attributes count', () => {
  expect(readOffer(without('a=sendrecv'))).toEqual({ sends: true, receives: true });
  const moved = [...OFFER.slice(0, 4), ...OFFER.slice(9, 13), ...OFFER.slice(4, 9), OFFER[13], ''].join(
    '\r\n',
  );
  expect(readOffer(moved)).toEqual({ sends: true, receives: true });
});

test.each([
  ['nothing like SDP', 'hello', 'not SDP'],
  ['HTML', '<html></html>', 'not SDP'],
  ['too long', `v=0\r\n${'a=x\r\n'.repeat(MAX_SDP_BYTES / 5)}`, 'too long'],
  ['no media', 'v=0\r\ns=-\r\n', 'no media line'],
  [
    'only a data channel',
    offer().replace('m=audio 9 UDP/TLS/RTP/SAVPF 111', 'm=application 9 UDP/DTLS/SCTP x'),
    'no audio line',
  ],
  ['a rejected audio line', offer().replace('m=audio 9', 'm=audio 0'), 'no audio line'],
  ['no Opus', offer().replace('opus/48000/2', 'PCMU/8000'), 'no Opus'],
  ['no encryption', offer().replace('UDP/TLS/RTP/SAVPF', 'RTP/AVP'), 'not encrypted'],
  ['no ICE', without('a=ice-pwd'), 'no ICE credentials'],
  ['no fingerprint', without('a=fingerprint'), 'no DTLS fingerprint'],
  ['an answer', offer().replace('actpass', 'active'), 'not an offer'],
  ['very many lines', `${offer()}${'m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n'.repeat(30)}`, 'media lines'],
])('M23 refuses %s and says why', (_name, sdp, words) => {
  expect(() => readOffer(sdp)).toThrow(
    expect.objectContaining({ code: 'bad-sdp', message: expect.stringContaining(words) }),
  );
});
