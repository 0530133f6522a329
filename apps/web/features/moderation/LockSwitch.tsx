'use client';
import { Lock } from 'lucide-react';
import { useState } from 'react';
import { Switch } from '../../components/Switch.tsx';
import { describeProblem } from '../../lib/problem.ts';
import type { RoomAsks } from '../conversation/RoomAsks.ts';

interface Props {
  locked: boolean;
  isOwner: boolean;
  asks: Pick<RoomAsks, 'lock'>;
}

/** The session's door, beside the invitation: the owner opens and closes it, the others see that it is closed. */
export function LockSwitch({ locked, isOwner, asks }: Props) {
  const [error, setError] = useState<string>();
  const change = async (wanted: boolean) => {
    setError(undefined);
    try {
      await asks.lock(wanted);
    } catch (problem) {
      const { title, text } = describeProblem(problem);
      setError(`${title}. ${text}`);
    }
  };
  if (!isOwner)
    return locked ? (
      <p className="mt-5 flex items-center justify-center gap-2 border-t border-line pt-4 text-sm text-ink-soft">
        <Lock aria-hidden className="size-4 shrink-0" />
        The owner has locked this session: nobody new can join.
      </p>
    ) : null;
  return (
    <div className="mt-5 border-t border-line pt-4">
      <Switch
        label="Lock the session"
        hint="Nobody new can join. Whoever is in stays, and may reconnect."
        checked={locked}
        onChange={(wanted) => void change(wanted)}
        testId="lock-switch"
      />
      {error !== undefined && (
        <p role="alert" className="mt-3 rounded-xl bg-danger-soft px-4 py-3 text-sm">
          {error}
        </p>
      )}
    </div>
  );
}
