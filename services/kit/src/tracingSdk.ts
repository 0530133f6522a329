import { hostname } from 'node:os';
import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Log } from './log.ts';
import type { TracingConfig } from './startTracing.ts';
import { switchTracing } from './tracing.ts';

const EVERY_MS = 2_000;
/** At the end nobody waits longer for a collector that is away. */
const LAST_WITHIN_MS = 2_000;

/** Sends spans of this process to `endpoint`, as JSON by HTTP. `close` sends the last ones. Once in a process. */
export function openTracing(
  service: string,
  endpoint: string,
  config: TracingConfig,
  log: Log,
): { close(): Promise<void> } {
  tellTroubles(log);
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: LAST_WITHIN_MS });
  const own = resourceFromAttributes({
    'service.namespace': 'parley',
    'service.name': `parley-${service}`,
    'service.instance.id': `${hostname()}-${process.pid}`,
  });
  const provider = new TracerProvider({
    resource: own.merge(detectResources({ detectors: [resourceAttributesEnvDetector] })),
    sampler: samplerOf(config),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: EVERY_MS })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  switchTracing(true);
  log.info({ url, sampler: config.OTEL_TRACES_SAMPLER }, 'tracing');
  return {
    close: async () => {
      switchTracing(false);
      await provider.shutdown().catch((error: unknown) => log.warn({ err: error }, 'last spans not sent'));
    },
  };
}

function samplerOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio }: TracingConfig): Sampler {
  const root = name.endsWith('always_on')
    ? new AlwaysOnSampler()
    : name.endsWith('always_off')
      ? new AlwaysOffSampler()
      : new TraceIdRatioBasedSampler(ratio);
  return name.startsWith('parentbased') ? new ParentBasedSampler({ root }) : root;
}

/** A collector that is away says so every few seconds: the first time is enough. */
function tellTroubles(log: Log): void {
  let told = false;
  const tell = (message: string) => {
    log[told ? 'debug' : 'warn']({ message: message.slice(0, 500) }, 'spans not sent');
    told = true;
  };
  const nothing = () => undefined;
  diag.setLogger(
    { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
