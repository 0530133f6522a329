import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createLog } from './log.ts';
import { activeTrace, beginSpan, inSpan, switchTracing } from './tracing.ts';

const exporter = new InMemorySpanExporter();
const REMOTE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
  );
  switchTracing(true);
});
afterEach(() => exporter.reset());

const finished = () =>
  exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    attributes: span.attributes,
    failed: span.status.code === SpanStatusCode.ERROR,
    parent: span.parentSpanContext?.spanId,
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
  }));

test('a span is a part of the one in which it is begun, also after a wait', async () => {
  await inSpan('outer', { parent: null }, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    await inSpan('inner', {}, async () => undefined);
  });
  const [inner, outer] = finished();
  expect([inner?.name, outer?.name]).toEqual(['inner', 'outer']);
  expect(inner).toMatchObject({ parent: outer?.spanId, traceId: outer?.traceId });
  expect(outer?.parent).toBeUndefined();
});

test('what a span has left running, and runs on after its end, is no part of it', async () => {
  let later: Promise<unknown> = Promise.resolve();
  await inSpan('short', { parent: null }, async () => {
    const runOn = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      expect(activeTrace()).toEqual({});
      beginSpan('later').end();
    };
    later = runOn();
  });
  await later;
  const [short, after] = finished();
  expect(after).toMatchObject({ name: 'later', parent: undefined });
  expect(after?.traceId).not.toBe(short?.traceId);
});

test('a span of another process is the parent by its traceparent, and gives one on', () => {
  const span = beginSpan('asked', { kind: 'server', parent: REMOTE });
  expect(span.traceparent).toMatch(new RegExp(`^00-${'a'.repeat(32)}-[\\da-f]{16}-01$`));
  span.end();
  expect(finished()).toMatchObject([{ parent: 'b'.repeat(16), traceId: 'a'.repeat(32) }]);
});

test.each([
  null,
  '',
  'nonsense',
  `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
  `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`,
  `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`,
  `${REMOTE}\n${REMOTE}`,
  'a'.repeat(100_000),
])('traceparent %#: what is malformed begins a trace of its own', (parent) => {
  beginSpan('asked', { parent }).end();
  expect(finished()).toMatchObject([{ name: 'asked', parent: undefined }]);
  expect(finished()[0]?.traceId).not.toBe('a'.repeat(32));
});

test('of an error only its code or its class is told, and nothing that it says', async () => {
  const error = Object.assign(new Error('Anna said so'), { code: 'forbidden' });
  for (const each of [error, new TypeError('Anna'), 'Anna'])
    await inSpan('x', { parent: null }, () => Promise.reject(each)).catch(() => undefined);
  expect(finished().map(({ failed, attributes }) => [failed, attributes])).toEqual([
    [true, { 'error.type': 'forbidden' }],
    [true, { 'error.type': 'TypeError' }],
    [true, { 'error.type': 'Error' }],
  ]);
  expect(JSON.stringify(exporter.getFinishedSpans().map(({ events }) => events))).not.toContain('Anna');
});

test('an end counts once', () => {
  const span = beginSpan('once', { parent: null, attributes: { a: 1, b: undefined } });
  span.end();
  span.end('late');
  expect(finished()).toMatchObject([{ failed: false, attributes: { a: 1 } }]);
});

test('a line of the log names the span in which it is written', async () => {
  const lines: Record<string, unknown>[] = [];
  const log = createLog('test', 'info', {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  await inSpan('x', { parent: REMOTE }, async () => log.child({ a: 1 }).info('inside'));
  log.info('outside');
  expect(lines[0]).toMatchObject({ trace_id: 'a'.repeat(32), span_id: finished()[0]?.spanId, a: 1 });
  expect(lines[1]).not.toHaveProperty('trace_id');
});

test('switched off it costs nothing and gives no traceparent', async () => {
  switchTracing(false);
  try {
    const span = beginSpan('x', { parent: REMOTE });
    expect(span.traceparent).toBeUndefined();
    expect(span.run(() => 5)).toBe(5);
    span.end('failed');
    expect(beginSpan('y')).toBe(span);
    expect(finished()).toEqual([]);
  } finally {
    switchTracing(true);
  }
});
