'use client';
import { Compass, Square } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { Button } from '../../components/Button.tsx';
import { Input } from '../../components/Field.tsx';
import { useJobs } from './InJobs.tsx';
import { isOver, type Job, maySteer } from './jobsModel.ts';
import { useAct } from './useAct.ts';

/** Stop a job, or tell it something more; for those who may. */
export function JobActions({ job }: { job: Job }) {
  const view = useJobs();
  const [steering, setSteering] = useState(false);
  const { busy, error, run } = useAct();
  const { me = null, acts = null } = view ?? {};
  if (view === null || me === null || acts === null || isOver(job) || job.cancelling) return null;
  if (!maySteer(job, me, view.policies)) return null;
  return (
    <div className="mt-3">
      <div className="flex flex-wrap gap-2">
        {job.state === 'running' && (
          <Button
            size="sm"
            variant="ghost"
            aria-expanded={steering}
            onClick={() => setSteering(!steering)}
            data-testid="job-steer"
          >
            <Compass aria-hidden className="size-4" />
            Tell it more
          </Button>
        )}
        <Button
          size="sm"
          variant="ghost"
          disabled={busy}
          onClick={() => void run(() => acts.cancelJob(job.jobId))}
          data-testid="job-cancel"
        >
          <Square aria-hidden className="size-3.5" />
          Stop
        </Button>
      </div>
      {steering && job.state === 'running' && (
        <Steering
          number={job.number}
          busy={busy}
          onSend={async (instruction) => {
            if (await run(() => acts.steer(job.jobId, instruction))) setSteering(false);
          }}
        />
      )}
      {error !== undefined && (
        <p role="alert" className="mt-2 text-sm text-danger" data-testid="job-error">
          {error}
        </p>
      )}
    </div>
  );
}

const MAX_INSTRUCTION = 4_000;

interface SteeringProps {
  number: number;
  busy: boolean;
  onSend: (instruction: string) => Promise<void>;
}

function Steering({ number, busy, onSend }: SteeringProps) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') void onSend(text.trim());
  };
  return (
    <form onSubmit={submit} className="mt-2 flex gap-2">
      <Input
        autoFocus
        value={text}
        maxLength={MAX_INSTRUCTION}
        aria-label={`What job ${number} is to do besides`}
        placeholder="Also add tests"
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        className="h-10"
        data-testid="job-instruction"
      />
      <Button type="submit" disabled={busy || text.trim() === ''} className="h-10" data-testid="job-instruct">
        Tell
      </Button>
    </form>
  );
}
