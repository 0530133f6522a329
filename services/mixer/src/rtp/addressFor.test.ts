import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { addressFor } from './addressFor.ts';

const announcedAddress = '192.0.2.7';

test.each([
  ['one address is listened to', '127.0.0.1', '127.0.0.1', undefined, '127.0.0.1'],
  ['one, and another is announced', '10.0.0.9', '127.0.0.1', announcedAddress, announcedAddress],
  ['all of them, by somebody of elsewhere', '10.0.0.9', '0.0.0.0', announcedAddress, announcedAddress],
  ['all of them, by somebody here', '127.0.0.1', '0.0.0.0', announcedAddress, '127.0.0.1'],
  ['all of both families, by somebody here', '127.0.0.1', '::', announcedAddress, '127.0.0.1'],
])('M133 %s', async (_when, ip, listenIp, announced, told) => {
  expect(await addressFor(ip, { listenIp, announcedAddress: announced })).toBe(told);
});

test('nothing is announced: the address from which the other one is reached', async () => {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)?.address;
  const ip = own ?? '127.0.0.1';
  expect(await addressFor(ip, { listenIp: '0.0.0.0', announcedAddress: undefined })).toBe(ip);
});
