'use client';
import {
  ArrowRightLeft,
  ChevronDown,
  CircleAlert,
  FilePen,
  type LucideIcon,
  MessageSquare,
  StickyNote,
  Terminal,
  Wrench,
} from 'lucide-react';
import type { JobStep } from '@parley/contract';
import { useState } from 'react';
import { Markdown } from '../../components/Markdown.tsx';
import { cx } from '../../lib/cx.ts';
import { Detail } from './Detail.tsx';
import { isDiff } from './diff.ts';
import { isOver, type Job, type StepTaken } from './jobsModel.ts';

const ICONS: Record<JobStep['kind'], LucideIcon> = {
  note: StickyNote,
  message: MessageSquare,
  handoff: ArrowRightLeft,
  tool: Wrench,
  file: FilePen,
  command: Terminal,
  error: CircleAlert,
};

/**
 * What a job does, live: the newest step and the newest change of a file, and all of them when asked for. Once it is
 * over its last words are its result.
 */
export function JobSteps({ job }: { job: Job }) {
  const [open, setOpen] = useState(false);
  const { steps } = job;
  if (steps.length === 0) return null;
  const change = steps.findLast(({ step }) => isDiff(step.detail ?? ''));
  const newest = isOver(job) ? undefined : steps.at(-1);
  const shown = open ? steps : steps.filter((taken) => taken === change || taken === newest);
  return (
    <div className="mt-2.5">
      <ol className="flex flex-col gap-2" data-testid="job-steps">
        {shown.map((taken) => (
          <Step key={taken.place} taken={taken} resumed={startsAnew(steps, taken)} />
        ))}
      </ol>
      {(open || shown.length < steps.length) && (
        <button
          type="button"
          aria-expanded={open}
          data-testid="job-all-steps"
          onClick={() => setOpen(!open)}
          className="mt-1.5 inline-flex min-h-8 items-center gap-1 rounded-full text-[0.8125rem] font-medium text-ink-soft hover:text-ink"
        >
          <ChevronDown aria-hidden className={cx('size-4 transition-transform', open && 'rotate-180')} />
          {open ? 'Show less' : steps.length === 1 ? 'Show its step' : `Show all ${steps.length} steps`}
        </button>
      )}
    </div>
  );
}

const startsAnew = (steps: readonly StepTaken[], { place, attempt }: StepTaken): boolean =>
  place > 1 && steps[place - 2]?.attempt !== attempt;

function Step({ taken: { step, place }, resumed }: { taken: StepTaken; resumed: boolean }) {
  const Icon = ICONS[step.kind];
  return (
    <li data-testid="job-step" data-kind={step.kind} data-place={place} className="text-sm">
      {resumed && <p className="mb-1.5 text-ink-faint">Taken up again after it was lost</p>}
      <div className="flex items-start gap-2">
        <Icon
          aria-hidden
          className={cx('mt-0.5 size-4 shrink-0', step.kind === 'error' ? 'text-danger' : 'text-ink-faint')}
        />
        <div className="min-w-0 flex-1">
          {step.agent !== null && <span className="font-semibold">{step.agent}: </span>}
          {step.kind === 'message' ? (
            <Markdown text={step.text} />
          ) : (
            <span className="break-words whitespace-pre-wrap">{step.text}</span>
          )}
          {step.detail !== null && step.detail !== '' && (
            <details className="mt-1.5" open={isDiff(step.detail)}>
              <summary className="w-fit text-[0.8125rem] text-ink-soft">
                {isDiff(step.detail) ? 'Changes' : 'Details'}
              </summary>
              <div className="mt-1.5">
                <Detail text={step.detail} />
              </div>
            </details>
          )}
        </div>
      </div>
    </li>
  );
}
