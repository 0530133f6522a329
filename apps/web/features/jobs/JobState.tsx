import { cx } from '../../lib/cx.ts';
import type { Job } from './jobsModel.ts';
import { stateOf, type StateTone } from './jobWords.ts';

const TONES: Record<StateTone, string> = {
  busy: 'bg-assistant-soft text-assistant',
  waiting: 'bg-warning-soft text-ink',
  good: 'bg-voice-soft text-voice',
  bad: 'bg-danger-soft text-danger',
  quiet: 'bg-sunk text-ink-soft',
};

/** What a job is at, as a small label. */
export function JobState({ job }: { job: Job }) {
  const { words, tone } = stateOf(job);
  return (
    <span
      data-testid="job-state"
      data-state={job.state}
      className={cx(
        'inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full px-2.5 text-[0.8125rem] leading-none font-medium',
        TONES[tone],
      )}
    >
      {tone === 'busy' && <span aria-hidden className="breathe size-2 rounded-full bg-current" />}
      {words}
    </span>
  );
}
