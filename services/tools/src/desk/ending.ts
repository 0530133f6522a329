import { MAX_RESULT_EXCERPT, newNoticeId } from '@parley/contract';
import type { ChangedFile, EventData, JobOutcome, SessionId } from '@parley/contract';
import { cut, fact } from './events.ts';
import { leave } from './places.ts';
import type { Change, Limits, View } from './ports.ts';
import type { Actor, ApprovalRecord, Decision, JobRecord } from './records.ts';
import { NOBODY } from './records.ts';

/** How a job ends. */
export interface Ending {
  outcome: JobOutcome;
  /** The result, or why there is none. */
  text: string;
  costUsd?: number | null;
  files?: readonly ChangedFile[];
  artifacts?: EventData<'job:finished'>['artifacts'];
  /** The whole text is longer and can be fetched. */
  truncated?: boolean;
  /** What becomes of approvals that nobody has decided; `withdrawn` unless told. */
  asks?: { decision: Decision; by: Actor };
}

export interface Context {
  sessionId: SessionId;
  at: number;
  limits: Limits;
}

const MAX_NOTICE = 6_000;
const MAX_FILES = 200;
const MAX_LATEST = 300;

/** The one end of a job, told to the room and, while there is one, to its assistant. Undefined when it has an end. */
export function finish(view: View, job: JobRecord, ending: Ending, context: Context): Change | undefined {
  if (job.state.at === 'over') return undefined;
  const { sessionId, at, limits } = context;
  const { outcome, text, files = [], artifacts = [] } = ending;
  const { jobId, number, kind, cause } = job;
  const costUsd = ending.costUsd ?? job.costUsd;
  const closed = closeAsks(view, job, ending.asks ?? { decision: 'withdrawn', by: NOBODY }, context);
  const finished = fact('job:finished', sessionId, at, {
    jobId,
    number,
    outcome,
    text: cut(text, MAX_RESULT_EXCERPT),
    truncated: ending.truncated ?? text.length > MAX_RESULT_EXCERPT,
    files: files.slice(0, MAX_FILES),
    artifacts,
    costUsd,
    durationMs: Math.max(0, at - (job.startedAt ?? job.createdAt)),
  });
  const { desk } = view;
  return {
    desk: leave(desk, jobId, limits),
    job: {
      ...job,
      state: { at: 'over', outcome },
      endedAt: at,
      costUsd,
      asks: [],
      latest: cut(text, MAX_LATEST),
      instructions: [],
    },
    approvals: closed.approvals,
    facts: [...closed.facts, finished],
    // Nobody is left to be told.
    ...(desk.ended
      ? {}
      : {
          notice: { id: newNoticeId(), jobId, number, kind, outcome, cause, text: cut(text, MAX_NOTICE) },
        }),
  };
}

function closeAsks(view: View, job: JobRecord, decided: { decision: Decision; by: Actor }, context: Context) {
  const open = view.approvals.filter(
    (approval) => approval.decided === null && job.asks.includes(approval.approvalId),
  );
  return {
    approvals: open.map((approval): ApprovalRecord => ({ ...approval, decided })),
    facts: open.map(({ approvalId }) =>
      fact('approval:decided', context.sessionId, context.at, {
        jobId: job.jobId,
        number: job.number,
        approvalId,
        decision: decided.decision,
        ...decided.by,
      }),
    ),
  };
}
