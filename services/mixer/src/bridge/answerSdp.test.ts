import { expect, test } from 'vitest';
import { announceCandidates, countCandidates } from './answerSdp.ts';

const candidate = (ip: string, port: number) => `a=candidate:1 1 udp 2130706431 ${ip} ${port} typ host`;
const sdp = (...candidates: string[]) =>
  [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    ...candidates,
    '',
  ].join('\r\n');

test('only the address we listen on is announced', () => {
  const answer = announceCandidates(sdp(candidate('127.0.0.1', 4_000), candidate('10.0.0.7', 4_001)), {
    listenIp: '127.0.0.1',
    announcedAddress: undefined,
  });
  expect(answer).toContain('127.0.0.1 4000');
  expect(answer).not.toContain('10.0.0.7');
  expect(countCandidates(answer)).toBe(1);
});

test('behind NAT the announced address takes its place, once per port', () => {
  const answer = announceCandidates(sdp(candidate('10.0.0.7', 4_000), candidate('10.0.0.8', 4_000)), {
    listenIp: '0.0.0.0',
    announcedAddress: '203.0.113.5',
  });
  expect(answer.match(/203\.0\.113\.5 4000/g)).toHaveLength(1);
  expect(answer).not.toContain('10.0.0');
});
