import { z } from 'zod';
import { Role, ROLES } from './roles.ts';

/** What the model may have done for the room, each as a job. */
export const JOB_KINDS = ['nested_team', 'code'] as const;
export const JobKind = z.enum(JOB_KINDS);
export type JobKind = z.infer<typeof JobKind>;

/** Every function that the model may call: those that begin a job, and those about a job. */
export const TOOL_NAMES = [...JOB_KINDS, 'job_status', 'job_cancel', 'job_steer'] as const;
export const ToolName = z.enum(TOOL_NAMES);
export type ToolName = z.infer<typeof ToolName>;

const jobNumber = z.number().int().min(1).describe('The number of the job, as it was told when it began');
const line = (max: number) => z.string().trim().min(1).max(max);
/** A path inside the workspace. Whether it stays there is checked again on the real file system. */
const RelativePath = z
  .string()
  .min(1)
  .max(300)
  .regex(
    /^(?![/\\])(?!.*(?:^|[/\\])\.\.(?:[/\\]|$))\P{Cc}+$/u,
    'A relative path that does not leave its folder',
  );

/** Arguments of each function, with what the model is told about it. */
export const TOOLS = {
  nested_team: {
    description:
      'Gives a task to a team of agents that works on it in the background. Use it for research, comparisons, plans and ' +
      'whatever takes several steps. You get the number of the job at once and are told the result later.',
    arguments: z.strictObject({
      task: line(8_000).describe('What is to be done, in full sentences, with all that the team must know'),
      context: z.string().max(16_000).optional().describe('What was said before that matters for it'),
    }),
  },
  code: {
    description:
      'Gives a programming task to a coding agent that reads, writes and runs code in a folder of this session. You get ' +
      'the number of the job at once and are told the result later.',
    arguments: z.strictObject({
      task: line(8_000).describe('What is to be programmed or changed, in full sentences'),
      repository: line(500)
        .regex(/^https:\/\/\S+$/, 'An https:// address')
        .optional()
        .describe('Address of a git repository (https) to begin with'),
      files: z
        .array(z.strictObject({ path: RelativePath, content: z.string().max(100_000) }))
        .max(20)
        .optional()
        .describe('Files to begin with'),
    }),
  },
  job_status: {
    description: 'Tells how a job is getting on, or all jobs of this session when no number is given.',
    arguments: z.strictObject({ job: jobNumber.optional() }),
  },
  job_cancel: {
    description: 'Stops a job that is waiting or running.',
    arguments: z.strictObject({ job: jobNumber }),
  },
  job_steer: {
    description: 'Tells a running job something more, for example "also add tests".',
    arguments: z.strictObject({ job: jobNumber, instruction: line(4_000) }),
  },
} as const satisfies Record<ToolName, { description: string; arguments: z.ZodType }>;
export type ToolArguments<Name extends ToolName> = z.output<(typeof TOOLS)[Name]['arguments']>;

/**
 * Who may have a kind of job done. `use`: their words alone are enough. `approve`: they may allow it for others, stop it
 * and steer it. A kind that is not `enabled` is not offered to the model at all.
 */
export const ToolPolicy = z.strictObject({
  enabled: z.boolean(),
  use: z.array(Role).max(ROLES.length),
  approve: z.array(Role).max(ROLES.length),
});
export type ToolPolicy = z.infer<typeof ToolPolicy>;

export const ToolPolicies = z.strictObject({ nested_team: ToolPolicy, code: ToolPolicy });
export type ToolPolicies = z.infer<typeof ToolPolicies>;

export const DEFAULT_TOOL_POLICIES: ToolPolicies = {
  nested_team: { enabled: true, use: ['owner', 'speaker'], approve: ['owner'] },
  code: { enabled: true, use: ['owner'], approve: ['owner'] },
};
