import { z } from 'zod';

/**
 * Which span caused this, as W3C Trace Context spells it (https://www.w3.org/TR/trace-context/#traceparent-header). One
 * that is malformed counts as absent: a trace is never worth a command.
 */
export const TraceParent = z
  .string()
  .regex(/^(?!ff)[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/)
  .optional()
  .catch(undefined);
