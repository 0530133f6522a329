'use client';
import type { ParticipantView } from '@parley/contract';
import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { describeProblem } from '../../lib/problem.ts';
import type { RoomAsks } from '../conversation/RoomAsks.ts';

export interface ModerationTools {
  /** Throws what the hub says. */
  silence(person: ParticipantView, silenced: boolean): Promise<void>;
  /** Asks first. */
  remove(person: ParticipantView): void;
}

const Context = createContext<ModerationTools | null>(null);

/** What this person may do about the others; null for who is no owner. */
export const useModeration = (): ModerationTools | null => use(Context);

interface Props {
  isOwner: boolean;
  locked: boolean;
  asks: Pick<RoomAsks, 'silence' | 'remove'>;
  children: ReactNode;
}

export function Moderation({ isOwner, locked, asks, children }: Props) {
  const [person, setPerson] = useState<ParticipantView | null>(null);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const tools = useMemo<ModerationTools | null>(
    () =>
      isOwner
        ? {
            silence: ({ id }, silenced) => asks.silence(id, silenced),
            remove: (wanted) => {
              setPerson(wanted);
              setError(null);
              setOpen(true);
            },
          }
        : null,
    [isOwner, asks],
  );
  const remove = async () => {
    if (person === null) return;
    setBusy(true);
    try {
      await asks.remove(person.id);
      setOpen(false);
    } catch (problem) {
      const { title, text } = describeProblem(problem);
      setError(`${title}. ${text}`);
    } finally {
      setBusy(false);
    }
  };
  const back = locked
    ? 'The session is locked, so they cannot come back until you unlock it.'
    : 'To keep them from joining again, lock the session: the switch is in the invitation.';
  return (
    <Context value={tools}>
      {children}
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={`Remove ${person?.name ?? ''} from the session?`}
        text={`They are disconnected at once and told so. ${back}`}
        action="Remove"
        busy={busy}
        error={error}
        onConfirm={() => void remove()}
      />
    </Context>
  );
}
