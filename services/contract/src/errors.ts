import { z } from 'zod';

/** Every error that may cross a wire, with the HTTP status that carries it. */
export const ERROR_STATUS = {
  'bad-request': 400,
  'bad-token': 401,
  forbidden: 403,
  removed: 403,
  'not-found': 404,
  'session-not-found': 404,
  'participant-not-found': 404,
  'media-not-found': 404,
  'job-not-found': 404,
  conflict: 409,
  'session-full': 409,
  'session-ended': 410,
  'payload-too-large': 413,
  'bad-sdp': 422,
  'bad-media': 422,
  'session-locked': 423,
  'protocol-mismatch': 426,
  'rate-limited': 429,
  internal: 500,
  'provider-refused': 502,
  'no-mixer': 503,
  'not-ready': 503,
  'no-tools': 503,
  'web-unavailable': 503,
  'mixer-timeout': 504,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;
export const ErrorCode = z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]);

export const ErrorBody = z.object({ code: ErrorCode, message: z.string() });
export type ErrorBody = z.infer<typeof ErrorBody>;
/** The body of every HTTP error. */
export const ErrorReply = z.object({ error: ErrorBody });

/** The one error class. Its message is meant for a person: what happened, then what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }
  get status(): number {
    return ERROR_STATUS[this.code];
  }
  body(): ErrorBody {
    return { code: this.code, message: this.message };
  }
}

/** A zod failure in words: `title: Too long; voice: Expected one of …`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message))
    .join('; ');
}

/** Parses what came over a wire, or throws `bad-request` naming each wrong field. */
export function parseOrThrow<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AppError('bad-request', describeIssues(parsed.error), { cause: parsed.error });
}

/** What the edge answers. Anything that is not an AppError becomes `internal` and says nothing of its cause. */
export function toErrorBody(error: unknown): ErrorBody {
  if (error instanceof AppError) return error.body();
  return {
    code: 'internal',
    message: 'Something went wrong on the server. Try again; the log has the details.',
  };
}
