import { z } from 'zod';

/** The configuration is wrong: the message names each key and what is expected. */
export class ConfigError extends Error {
  constructor(service: string, issues: z.core.$ZodIssue[]) {
    const lines = issues.map((issue) => `  ${issue.path.join('.') || '(all)'}: ${issue.message}`);
    super(
      `The configuration of ${service} is wrong:\n${lines.join('\n')}\nEvery key is explained in .env.example.`,
    );
    this.name = 'ConfigError';
  }
}

/** Reads the keys of `schema` from the environment once; empty values count as absent. The result is frozen. */
export function readEnv<Schema extends z.ZodObject>(
  service: string,
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<z.output<Schema>> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((key) => (env[key] ? [[key, env[key]]] : [])),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new ConfigError(service, parsed.error.issues);
  return Object.freeze(parsed.data);
}

/** Shapes that several services use in their configuration. */
export const envPort = z.coerce.number().int().min(0).max(65_535);
export const envFlag = z
  .enum(['true', 'false', '1', '0'])
  .transform((text) => text === 'true' || text === '1');
export const envLogLevel = z
  .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  .default('info');
