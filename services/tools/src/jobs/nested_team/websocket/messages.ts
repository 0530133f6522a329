import { JobStep, MAX_RESULT } from '@parley/contract';
import { z } from 'zod';

/*
 * What Parley and a team behind a WebSocket say to each other: JSON text messages, each with the job it is about. RULES.md,
 * "A team behind a WebSocket", tells the order. Teams of others implement this, so it only ever grows.
 */

/** One message is no longer than this, bytes, in either direction. */
export const MAX_MESSAGE = 4 * 1024 * 1024;

const ofJob = { job: z.string().min(1).max(100) };
const costUsd = z.number().min(0).max(1_000_000).nullish();

/** From the team. Fields that are not named are let through. */
export const TeamMessage = z.discriminatedUnion('type', [
  /** `index` counts from 1 in a job; one that came before is passed over, so repeating after a break is harmless. */
  z.object({
    type: z.literal('progress'),
    ...ofJob,
    index: z.int().min(1),
    step: JobStep.partial({ agent: true, detail: true }),
    costUsd,
  }),
  z.object({ type: z.literal('result'), ...ofJob, text: z.string().min(1).max(MAX_RESULT), costUsd }),
  z.object({
    type: z.literal('error'),
    ...ofJob,
    message: z.string().min(1).max(2_000),
    retryable: z.boolean().default(false),
    costUsd,
  }),
]);
export type TeamMessage = z.infer<typeof TeamMessage>;

/** To the team. */
export type ParleyMessage =
  /**
   * Begins a job. With `resume` the connection was lost: a team that knows the job goes on and repeats what it said with a
   * higher index than `after`, or its result; one that does not begins anew.
   */
  | {
      type: 'task';
      job: string;
      attempt: number;
      task: string;
      context: string | null;
      resume: boolean;
      after: number;
    }
  /** Told while it works. `index` counts from 1 in a job; all are told again after a break. */
  | { type: 'steer'; job: string; index: number; instruction: string }
  /** Stop; nothing more is heard. */
  | { type: 'cancel'; job: string };
