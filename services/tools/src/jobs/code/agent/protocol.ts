import { JobStep } from '@parley/contract';
import { z } from 'zod';

/**
 * What the host of a coding agent, a process behind the wall, says to the runner: JSON lines on its output. Any agent that
 * can be brought to say this can do code jobs. Nothing of it is trusted: an agent's own commands could write it too.
 */
export const HostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step'), step: JobStep }),
  /** The agent wants to do something that needs a yes; it waits for `answer`. */
  z.object({
    type: z.literal('ask'),
    id: z.string().max(100),
    what: z.string().max(2_000),
    detail: z.string().max(8_000).nullable(),
    why: z.string().max(500),
  }),
  /** So far, US dollars. */
  z.object({ type: z.literal('cost'), usd: z.number().min(0) }),
  z.object({ type: z.literal('done'), text: z.string() }),
  z.object({
    type: z.literal('failed'),
    why: z.enum(['turns', 'cost', 'provider', 'agent']),
    text: z.string(),
    /** HTTP status of the provider's answer, when that is why. */
    status: z.number().int().nullable(),
  }),
]);
export type HostMessage = z.infer<typeof HostMessage>;

/** What the runner says to the host: JSON lines on its input. The first is `start`. When the input ends, the host ends. */
export type RunnerMessage =
  | ({ type: 'start' } & HostStart)
  | { type: 'steer'; text: string }
  | { type: 'answer'; id: string; approved: boolean; reason: string };

export interface HostStart {
  task: string;
  /** Folder of the agent's program, as the host sees it. */
  program: string;
  /** Unix socket that leads to the model's provider, and what to say there as key. */
  modelSocket: string;
  modelKey: string;
  model: string | null;
  maxTurns: number;
  maxCostUsd: number;
  /** Every command is asked for, also those that look harmless. */
  askAlways: boolean;
  /** Nothing is asked for. */
  askNever: boolean;
}
