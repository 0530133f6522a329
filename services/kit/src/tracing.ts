import {
  type Attributes,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span as ApiSpan,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

/** Nothing personal: no words, no names, no tokens. Undefined ones are left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanOptions {
  /** server and consumer: asked from elsewhere; client and producer: asks elsewhere. */
  kind?: 'server' | 'client' | 'consumer' | 'producer';
  /**
   * The `traceparent` of what caused it; null: nothing that is known. Without it that is the span in which this code
   * runs, if that has not ended: what a span has left running is no part of it.
   */
  parent?: string | null;
  attributes?: SpanAttributes;
}

/** Something that takes time, from its beginning to `end`. Does nothing while tracing is off. */
export interface Span {
  /** For who is asked to do a part of it; undefined while tracing is off. */
  readonly traceparent: string | undefined;
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** A moment in it. */
  event(name: string): void;
  /** Spans begun in `work`, or by what it waits for, are parts of this one. */
  run<Result>(work: () => Result): Result;
  /** `error`: why it failed. A word of ours is told, of an error only its code or class. Twice is harmless. */
  end(error?: unknown): void;
}

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
} as const;
const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

const NO_SPAN: Span = {
  traceparent: undefined,
  rename: () => undefined,
  set: () => undefined,
  event: () => undefined,
  run: (work) => work(),
  end: () => undefined,
};

const tracer = trace.getTracer('parley');
let on = false;

/** Spans are made from now on; for whoever has registered somebody who takes them. */
export function switchTracing(to: boolean): void {
  on = to;
}

export function beginSpan(name: string, options: SpanOptions = {}): Span {
  if (!on) return NO_SPAN;
  const { kind, parent, attributes = {} } = options;
  const from = parent === undefined ? activeContext() : contextOf(parent);
  const span = tracer.startSpan(
    name,
    { kind: kind ? KINDS[kind] : SpanKind.INTERNAL, attributes: told(attributes) },
    from,
  );
  return new RecordedSpan(span);
}

/** A span around `work`, which fails when that does. */
export async function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const span = beginSpan(name, options);
  try {
    const result = await span.run(() => work(span));
    span.end();
    return result;
  } catch (error) {
    span.end(error instanceof Error ? error : new Error());
    throw error;
  }
}

/** For a line of a log: the span in which this code runs. */
export function activeTrace(): { trace_id?: string; span_id?: string } {
  if (!on) return {};
  const span = trace.getActiveSpan();
  if (!span?.isRecording()) return {};
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}

class RecordedSpan implements Span {
  readonly #span: ApiSpan;

  constructor(span: ApiSpan) {
    this.#span = span;
  }

  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.#span.spanContext();
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  rename(name: string): void {
    this.#span.updateName(name);
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(told(attributes));
  }

  event(name: string): void {
    this.#span.addEvent(name);
  }

  run<Result>(work: () => Result): Result {
    return context.with(trace.setSpan(context.active(), this.#span), work);
  }

  end(error?: unknown): void {
    if (!this.#span.isRecording()) return;
    if (error !== undefined) {
      this.#span.setStatus({ code: SpanStatusCode.ERROR });
      this.#span.setAttribute('error.type', typeOf(error));
    }
    this.#span.end();
  }
}

function activeContext() {
  return trace.getActiveSpan()?.isRecording() ? context.active() : ROOT_CONTEXT;
}

function contextOf(parent: string | null) {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(parent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const remote = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(remote) ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
}

function told(attributes: SpanAttributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

function typeOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
