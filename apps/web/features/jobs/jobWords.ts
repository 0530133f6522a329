import type { CallCause, ChangedFile, EventData, JobKind, JobOutcome } from '@parley/contract';
import { listNames } from '../../lib/people.ts';
import type { Ask, Job } from './jobsModel.ts';

export const KIND_WORDS: Record<JobKind, { title: string; hint: string }> = {
  nested_team: {
    title: 'Team of agents',
    hint: 'Researches, compares and plans in the background.',
  },
  code: { title: 'Coding agent', hint: 'Reads, writes and runs code in a folder of this session.' },
};

export type StateTone = 'busy' | 'waiting' | 'good' | 'bad' | 'quiet';

/** What a job is at, in a word or two. */
export function stateOf(job: Job): { words: string; tone: StateTone } {
  if (job.cancelling) return { words: 'Stopping', tone: 'waiting' };
  switch (job.state) {
    case 'asking':
      return { words: 'Waits to be allowed', tone: 'waiting' };
    case 'queued':
      return { words: 'Waits for its turn', tone: 'waiting' };
    case 'running':
      return { words: 'At work', tone: 'busy' };
    case 'completed':
      return { words: 'Done', tone: 'good' };
    case 'failed':
      return { words: 'Failed', tone: 'bad' };
    case 'cancelled':
      return { words: 'Stopped', tone: 'quiet' };
    case 'denied':
      return { words: 'Not allowed', tone: 'quiet' };
    default:
      return job.state satisfies never;
  }
}

/** `Anna`, `Anna and Ben`, `Nobody in particular`. */
export const askersOf = ({ askers }: CallCause): string =>
  askers.length === 0 ? 'Nobody in particular' : listNames(askers.map(({ name }) => name));

const WAYS: Record<CallCause['by'], string> = {
  voice: 'said',
  text: 'typed',
  both: 'said and typed',
  nobody: 'asked',
};
export const wayOf = ({ by }: CallCause): string => WAYS[by];

const ENDS: Record<JobOutcome, string> = {
  completed: 'is done',
  failed: 'has failed',
  cancelled: 'was stopped',
  denied: 'was not allowed',
};
export const endWords = ({ number, outcome }: EventData<'job:finished'>): string =>
  `Job ${number} ${ENDS[outcome]}`;

/** How something was decided. */
export function decisionWords(decision: Ask['decision'], by: string | null): string {
  switch (decision) {
    case 'approved':
      return `Allowed by ${by ?? 'the owner'}`;
    case 'denied':
      return `Denied by ${by ?? 'the owner'}`;
    case 'expired':
      return 'Nobody answered in time';
    case 'withdrawn':
      return 'No longer needed';
    case null:
      return 'Waits to be allowed';
    default:
      return decision satisfies never;
  }
}

/** `3 files +12 −4`; what is none is left out. */
export function filesWords(files: readonly ChangedFile[]): string {
  const sum = (of: 'added' | 'removed') => files.reduce((all, file) => all + (file[of] ?? 0), 0);
  const count = files.length === 1 ? '1 file' : `${files.length} files`;
  const [added, removed] = [sum('added'), sum('removed')];
  return [count, added > 0 && `+${added}`, removed > 0 && `−${removed}`].filter(Boolean).join(' ');
}
