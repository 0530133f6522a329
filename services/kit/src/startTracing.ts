import { z } from 'zod';
import type { Log } from './log.ts';
import type { Scope } from './scope.ts';

/** Keys of OpenTelemetry's own that services read; `.env.example` explains each. */
export const tracingEnv = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** The exporter reads them itself. */
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
};
const TracingConfig = z.object(tracingEnv);
export type TracingConfig = Readonly<z.output<typeof TracingConfig>>;

/** Sends spans to `OTEL_EXPORTER_OTLP_ENDPOINT` until the scope closes, the last ones then. Not set: nothing is loaded. */
export async function startTracing(
  service: string,
  config: TracingConfig,
  log: Log,
  scope: Scope,
): Promise<void> {
  if (config.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return;
  const { openTracing } = await import('./tracingSdk.ts');
  scope.own(openTracing(service, config.OTEL_EXPORTER_OTLP_ENDPOINT, config, log));
}
