'use client';
import type { ParticipantView } from '@parley/contract';
import { Mic, MicOff, UserMinus } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { cx } from '../../lib/cx.ts';
import { describeProblem } from '../../lib/problem.ts';
import { useModeration } from './Moderation.tsx';

const ROW =
  'flex h-11 w-full items-center gap-3 rounded-xl px-2 text-left text-sm font-medium transition-colors disabled:opacity-50';

/** What an owner may do about one other person; it stands below that person's volume. */
export function PersonActions({ person }: { person: ParticipantView }) {
  const tools = useModeration();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  if (tools === null) return null;
  const { silenced } = person;
  const toggle = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await tools.silence(person, !silenced);
    } catch (problem) {
      setError(describeProblem(problem).text);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div
      role="group"
      aria-label={`What you may do about ${person.name}`}
      className="-mx-2 mt-3 -mb-2 flex flex-col border-t border-line pt-2"
    >
      {person.role !== 'listener' && (
        <button
          type="button"
          className={cx(ROW, 'text-ink-soft hover:bg-sunk hover:text-ink')}
          disabled={busy}
          onClick={() => void toggle()}
          data-testid={silenced ? 'unsilence-person' : 'silence-person'}
        >
          {silenced ? (
            <Mic aria-hidden className="size-4 shrink-0" />
          ) : (
            <MicOff aria-hidden className="size-4 shrink-0" />
          )}
          {silenced ? 'Give the microphone back' : 'Mute for everybody'}
        </button>
      )}
      <Popover.Close asChild>
        <button
          type="button"
          className={cx(ROW, 'text-danger hover:bg-danger-soft')}
          onClick={() => tools.remove(person)}
          data-testid="remove-person"
        >
          <UserMinus aria-hidden className="size-4 shrink-0" />
          Remove from the session…
        </button>
      </Popover.Close>
      {error !== undefined && (
        <p role="alert" className="mt-2 rounded-xl bg-danger-soft px-3 py-2 text-sm">
          {error}
        </p>
      )}
    </div>
  );
}
