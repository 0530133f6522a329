import { expect, test } from 'vitest';
import { callerAddress } from './callerAddress.ts';

const asked = (remoteAddress: string | undefined, forwarded?: string | string[]) => ({
  socket: { remoteAddress },
  headers: forwarded === undefined ? {} : ({ 'x-forwarded-for': forwarded } as { 'x-forwarded-for': string }),
});
const loopback = (address: string) => address.startsWith('127.');

test.each([
  ['nobody in between', asked('9.9.9.9'), '9.9.9.9'],
  ['a proxy of ours', asked('127.0.0.1', '9.9.9.9'), '9.9.9.9'],
  ['a stranger that calls itself another', asked('9.9.9.9', '1.1.1.1'), '9.9.9.9'],
  ['one that does so before a proxy of ours', asked('127.0.0.1', '1.1.1.1, 9.9.9.9'), '9.9.9.9'],
  ['two proxies of ours', asked('127.0.0.1', '1.1.1.1, 9.9.9.9, 127.0.0.2'), '9.9.9.9'],
  ['two headers', asked('127.0.0.1', ['1.1.1.1', '9.9.9.9']), '9.9.9.9'],
  ['a proxy that says nothing', asked('127.0.0.1', ' ,'), '127.0.0.1'],
  ['a socket that is gone', asked(undefined, '9.9.9.9'), 'unknown'],
])('H21 behind %s', (_name, request, address) => {
  expect(callerAddress(request, loopback)).toBe(address);
});
