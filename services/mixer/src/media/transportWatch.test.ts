import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { expect, test } from 'vitest';
import { FakeClock } from '../testing/FakeClock.ts';
import { GONE_AFTER_MS, TransportWatch } from './transportWatch.ts';

class FakeTransport extends EventEmitter {
  iceState: types.IceState = 'new';
  dtlsState: types.DtlsState = 'new';
  closed = false;

  ice(state: types.IceState): void {
    this.iceState = state;
    this.emit('icestatechange', state);
  }

  dtls(state: types.DtlsState): void {
    this.dtlsState = state;
    this.emit('dtlsstatechange', state);
  }
}

function watched(count: number) {
  const clock = new FakeClock();
  let gone = 0;
  const watch = new TransportWatch(clock, () => gone++);
  const transports = Array.from({ length: count }, () => new FakeTransport());
  for (const transport of transports) watch.add(transport as unknown as types.WebRtcTransport);
  return { clock, watch, transports, gone: () => gone };
}

test('M13 a device is gone when all its connections were down for long', () => {
  const { clock, transports, gone } = watched(2);
  const [send, recv] = transports;
  send?.ice('connected');
  recv?.ice('completed');
  send?.ice('disconnected');
  clock.turn(GONE_AFTER_MS * 2);
  expect(gone()).toBe(0);
  recv?.ice('disconnected');
  clock.turn(GONE_AFTER_MS - 1);
  expect(gone()).toBe(0);
  clock.turn(1);
  expect(gone()).toBe(1);
});

test('coming back in time is no leaving', () => {
  const { clock, transports, gone } = watched(1);
  const [send] = transports;
  send?.ice('connected');
  send?.ice('disconnected');
  clock.turn(GONE_AFTER_MS - 1);
  send?.ice('connected');
  clock.turn(GONE_AFTER_MS * 2);
  expect([gone(), clock.timers]).toEqual([0, 0]);
});

test('what was never up is not gone, unless DTLS failed', () => {
  const { clock, transports, gone } = watched(1);
  transports[0]?.dtls('connecting');
  clock.turn(GONE_AFTER_MS * 2);
  expect(gone()).toBe(0);
  transports[0]?.dtls('failed');
  clock.turn(GONE_AFTER_MS);
  expect(gone()).toBe(1);
});

test('a closed transport (replaced by a new one) no longer counts', () => {
  const { clock, transports, gone } = watched(2);
  const [old, fresh] = transports;
  old?.ice('connected');
  if (old) old.closed = true;
  fresh?.ice('connected');
  fresh?.ice('disconnected');
  clock.turn(GONE_AFTER_MS);
  expect(gone()).toBe(1);
});

test('closing ends the watch', () => {
  const { clock, watch, transports, gone } = watched(1);
  transports[0]?.ice('connected');
  transports[0]?.ice('disconnected');
  watch.close();
  transports[0]?.ice('connected');
  transports[0]?.ice('disconnected');
  clock.turn(GONE_AFTER_MS * 2);
  expect([gone(), clock.timers]).toEqual([0, 0]);
});
