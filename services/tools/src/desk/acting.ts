import { AppError } from '@parley/contract';
import type { ApprovalId, JobOutcome, JobState } from '@parley/contract';
import { finish, type Context } from './ending.ts';
import { fact } from './events.ts';
import { admit } from './places.ts';
import type { Change, Decided, View } from './ports.ts';
import type { Actor, Decision, JobRecord } from './records.ts';
import { NOBODY } from './records.ts';
import * as words from './words.ts';

/** What may be told to a job beside its task. */
const MAX_INSTRUCTIONS = 20;

export const stateOf = ({ state }: JobRecord): JobState => (state.at === 'over' ? state.outcome : state.at);

/** A job that still waits ends at once; one that runs is told to stop, and ends when it has. */
export function cancel(view: View, by: Actor, context: Context): Decided<JobState> {
  const job = theJob(view);
  if (job.state.at === 'over') return { result: job.state.outcome };
  if (job.state.at !== 'running') {
    const text = view.desk.ended ? words.sessionEnded : words.cancelledBy(by);
    const change = finish(view, job, { outcome: 'cancelled', text }, context);
    return change ? { change, result: 'cancelled' } : { result: 'cancelled' };
  }
  if (job.cancelling) return { result: 'running' };
  const { jobId, number } = job;
  return {
    change: {
      job: { ...job, cancelling: by },
      facts: [fact('job:cancelling', context.sessionId, context.at, { jobId, number, ...by })],
      control: { type: 'cancel', jobId },
    },
    result: 'running',
  };
}

/** One more instruction. `id` makes a repeat harmless. Throws `conflict` when the job can take none. */
export function steer(
  view: View,
  instruction: { id: string; text: string },
  by: Actor,
  context: Context,
): Decided<JobRecord> {
  const job = theJob(view);
  if (job.instructions.some(({ id }) => id === instruction.id)) return { result: job };
  if (job.state.at === 'asking')
    throw new AppError('conflict', `Job ${job.number} waits to be allowed. It can be steered when it runs.`);
  if (job.state.at === 'over' || job.cancelling)
    throw new AppError('conflict', `Job ${job.number} has ended or is being stopped. Ask for a new one.`);
  if (job.instructions.length >= MAX_INSTRUCTIONS)
    throw new AppError('conflict', `Job ${job.number} was steered ${MAX_INSTRUCTIONS} times. Let it end.`);
  const { jobId, number } = job;
  const next = { ...job, instructions: [...job.instructions, instruction] };
  return {
    change: {
      job: next,
      facts: [
        fact('job:steered', context.sessionId, context.at, {
          jobId,
          number,
          instruction: instruction.text,
          ...by,
        }),
      ],
      control: { type: 'steer', jobId, instruction: instruction.text },
    },
    result: next,
  };
}

/** Somebody allows or denies, or time does. The first decision stands; later ones are answered with it. */
export function decideApproval(
  view: View,
  approvalId: ApprovalId,
  wish: { approve: boolean; by: Actor } | 'time',
  context: Context,
): Decided<Decision> {
  const approval = view.approvals.find((each) => each.approvalId === approvalId);
  const { job } = view;
  if (!approval || !job) throw new AppError('job-not-found', 'There is no such request.');
  if (approval.decided) return { result: approval.decided.decision };
  const late = context.at >= approval.expiresAt;
  if (wish === 'time' && !late) return { result: 'withdrawn' };
  const by = wish === 'time' || late ? NOBODY : wish.by;
  const decision = wish === 'time' || late ? 'expired' : wish.approve ? 'approved' : 'denied';
  if (job.state.at === 'over') return { result: 'withdrawn' };
  const { jobId, number } = job;
  if (approval.of === 'job' && decision !== 'approved') {
    const text = decision === 'expired' ? words.nobodyAnswered(job) : words.deniedBy(by);
    const outcome: JobOutcome = 'denied';
    const change = finish(view, job, { outcome, text, asks: { decision, by } }, context);
    return change ? { change, result: decision } : { result: decision };
  }
  const change: Change = {
    job: {
      ...job,
      asks: job.asks.filter((id) => id !== approvalId),
      ...(approval.of === 'job' ? { state: { at: 'queued' } as const } : {}),
    },
    approvals: [{ ...approval, decided: { decision, by } }],
    facts: [
      fact('approval:decided', context.sessionId, context.at, { jobId, number, approvalId, decision, ...by }),
    ],
    ...(approval.of === 'job'
      ? { desk: admit({ ...view.desk, waiting: [...view.desk.waiting, jobId] }, context.limits) }
      : { control: { type: 'decided', jobId, approvalId } as const }),
  };
  return { change, result: decision };
}

export function theJob({ job }: View): JobRecord {
  if (job) return job;
  throw new AppError('job-not-found', 'There is no such job in this session.');
}
