import { UpwardMessage } from '@parley/contract';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type PlayedSource, PlayoutReporter, REPORT_EVERY_MS } from './PlayoutReporter.ts';

const EPOCH = 1_800_000_000_000;
let source: PlayedSource | undefined;
let pageMs: number;
let outputDelayMs: number;
let sent: UpwardMessage[];
let reporter: PlayoutReporter;

beforeEach(() => {
  vi.useFakeTimers();
  source = undefined;
  pageMs = 5_000;
  outputDelayMs = 42.4;
  sent = [];
  reporter = new PlayoutReporter({
    sources: () => source && [source],
    outputDelayMs: () => outputDelayMs,
    send: (report) => sent.push(UpwardMessage.parse(report)),
    now: () => ({ epochMs: EPOCH + pageMs, pageMs }),
  });
});
afterEach(() => {
  reporter.close();
  vi.useRealTimers();
});

test('five reports a second of what is being played', () => {
  source = { rtpTimestamp: 960, timestamp: EPOCH + 4_990 };
  vi.advanceTimersByTime(5 * REPORT_EVERY_MS);
  expect(sent).toHaveLength(5);
  expect(sent[0]).toEqual({ type: 'playout:report', rtpTimestamp: 960, ageMs: 10, outputDelayMs: 42 });
});

test('a browser that counts from the page’s beginning, or does not know its delay', () => {
  source = { rtpTimestamp: 4_294_967_295, timestamp: 4_980 };
  outputDelayMs = NaN;
  reporter.look();
  expect(sent).toEqual([
    { type: 'playout:report', rtpTimestamp: 4_294_967_295, ageMs: 20, outputDelayMs: 0 },
  ]);
});

test('a clock that is a little behind, a delay beyond belief', () => {
  source = { rtpTimestamp: 1, timestamp: EPOCH + 5_003 };
  outputDelayMs = 60_000;
  reporter.look();
  expect(sent[0]).toMatchObject({ ageMs: 0, outputDelayMs: 5_000 });
});

test('silent while the assistant is: no stream, or one that stands still', () => {
  reporter.look();
  source = { rtpTimestamp: 960, timestamp: EPOCH + 3_900 };
  reporter.look();
  expect(sent).toEqual([]);
});

test('closed: no timer', () => {
  reporter.close();
  source = { rtpTimestamp: 960, timestamp: EPOCH + 5_000 };
  vi.advanceTimersByTime(10 * REPORT_EVERY_MS);
  expect(sent).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
