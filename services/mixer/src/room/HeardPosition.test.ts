import { FRAME_MS, newParticipantId, RTP_TICKS_PER_FRAME } from '@parley/contract';
import { beforeEach, expect, test } from 'vitest';
import { seededRandom } from '../audio/testing/random.ts';
import { DEFAULT_DELAY_MS, DRAINED_MS, HeardPosition, REPORT_VALID_MS } from './HeardPosition.ts';

const [anna, ben, chloe] = [newParticipantId(), newParticipantId(), newParticipantId()];
/** So that it wraps in the middle. */
const FIRST_TICK = 2 ** 32 - 50 * RTP_TICKS_PER_FRAME;
let heard: HeardPosition;

beforeEach(() => {
  heard = new HeardPosition();
});

const tickAt = (ms: number) => (FIRST_TICK + Math.floor(ms / FRAME_MS) * RTP_TICKS_PER_FRAME) >>> 0;
/** A reply of `ms`, its first frame sent at 0, in real time. */
function send(ms: number, itemId = 'a', startMs = 0): void {
  for (let at = 0; at < ms; at += FRAME_MS)
    heard.sent({ rtpTimestamp: tickAt(startMs + at), itemId, fromMs: at }, startMs + at);
}
/** A device that plays everything `delayMs` late (`outputMs` of it after the browser) tells so at `nowMs`. */
function report(
  device: typeof anna,
  nowMs: number,
  delayMs: number,
  { outputMs = 0, uplinkMs = 0 } = {},
): void {
  const deliveredAt = nowMs - uplinkMs - (delayMs - outputMs);
  const frameAt = Math.floor(deliveredAt / FRAME_MS) * FRAME_MS;
  const ageMs = deliveredAt - frameAt;
  heard.reported(device, { rtpTimestamp: tickAt(frameAt), ageMs, outputDelayMs: outputMs }, nowMs);
}

test('M73 nobody reports: what was sent, less a usual delay', () => {
  send(2_000);
  expect(heard.heardMs('a', 1_000)).toBe(1_000 - DEFAULT_DELAY_MS);
  expect(heard.heardMs('a', 50)).toBe(0);
  expect(heard.heardMs('a', 5_000)).toBe(2_000);
  expect(heard.heardMs('b', 1_000)).toBeUndefined();
});

test.each([60, 180, 420])('M73 a device that plays %i ms late', (delayMs) => {
  send(3_000);
  report(anna, 1_500, delayMs, { outputMs: 40 });
  for (const nowMs of [1_500, 1_600, 1_900])
    expect(Math.abs((heard.heardMs('a', nowMs) ?? 0) - (nowMs - delayMs))).toBeLessThanOrEqual(20);
});

test('M73 the median counts: not the phone that lags, not the one that is ahead', () => {
  send(3_000);
  report(anna, 2_000, 60);
  report(ben, 2_000, 150);
  report(chloe, 2_000, 1_400);
  expect(heard.heardMs('a', 2_000)).toBe(1_850);
  heard.left(chloe);
  expect(heard.heardMs('a', 2_000)).toBe(1_895);
});

test('M73 within 60 ms for three devices whose reports come late and unevenly', () => {
  const random = seededRandom(3);
  send(20_000);
  let worst = 0;
  for (let nowMs = 1_000; nowMs < 19_000; nowMs += 20) {
    if (nowMs % 200 === 0)
      for (const [device, delayMs] of [
        [anna, 100],
        [ben, 140],
        [chloe, 260],
      ] as const)
        report(device, nowMs, delayMs + random() * 20, { outputMs: 30, uplinkMs: 10 + random() * 20 });
    worst = Math.max(worst, Math.abs((heard.heardMs('a', nowMs) ?? 0) - (nowMs - 150)));
  }
  expect(worst).toBeLessThan(60);
});

test('what is on its way will have been heard, once it has arrived', () => {
  send(1_000);
  report(anna, 980, 150);
  expect(heard.heardMs('a', 1_000)).toBeLessThan(900);
  expect(heard.heardMs('a', 1_000 + DRAINED_MS, 1_000)).toBe(1_000);
});

test('a device that ran dry does not hear what was sent since', () => {
  send(2_000);
  heard.reported(anna, { rtpTimestamp: tickAt(1_000), ageMs: 600, outputDelayMs: 0 }, 1_800);
  expect(heard.heardMs('a', 2_000 + DRAINED_MS, 2_000)).toBe(1_020);
});

test('old reports, and reports of what was never sent, count for nothing', () => {
  send(4_000);
  report(anna, 500, 400);
  heard.reported(ben, { rtpTimestamp: (FIRST_TICK - 5_000_000) >>> 0, ageMs: 0, outputDelayMs: 0 }, 3_000);
  const nowMs = 501 + REPORT_VALID_MS;
  expect(heard.heardMs('a', nowMs)).toBe(nowMs - DEFAULT_DELAY_MS);
});

test('two replies in a row, and one that goes on after a pause', () => {
  send(400, 'a');
  send(400, 'b', 400);
  for (let at = 400; at < 800; at += FRAME_MS)
    heard.sent({ rtpTimestamp: tickAt(2_000 + at), itemId: 'b', fromMs: at }, 2_000 + at);
  expect(heard.heardMs('a', 700)).toBe(400);
  expect(heard.heardMs('b', 720)).toBe(200);
  expect(heard.heardMs('b', 2_000)).toBe(400);
  expect(heard.heardMs('b', 2_620)).toBe(500);
});

test('hours of sound and a hundred devices are forgotten again', () => {
  send(200_000);
  for (let device = 0; device < 100; device++) report(newParticipantId(), 199_000, 100);
  expect(heard.heardMs('a', 199_000)).toBe(198_900);
});
