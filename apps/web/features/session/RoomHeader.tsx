'use client';
import { Lock } from 'lucide-react';
import { Mark } from '../../components/Brand.tsx';
import { ThemeToggle } from '../../components/ThemeToggle.tsx';
import { cx } from '../../lib/cx.ts';
import { clock } from '../../lib/format.ts';
import { useNow } from '../../lib/useNow.ts';
import { CostChip } from '../conversation/CostChip.tsx';
import { SettingsButton } from '../conversation/ModeChip.tsx';
import { JobsChip } from '../jobs/JobsChip.tsx';

interface Props {
  title: string;
  id: string;
  createdAt: number;
  count: number;
  locked: boolean;
  onInvite: () => void;
}

export function RoomHeader({ title, id, createdAt, count, locked, onInvite }: Props) {
  return (
    <header className="flex h-14 shrink-0 items-center gap-3 border-b border-line bg-surface px-3 [grid-area:head] sm:px-5">
      <Mark className="size-7 shrink-0" />
      <div className="min-w-0 flex-1">
        <h1 className="truncate leading-tight font-semibold">{title}</h1>
        <p className="truncate text-[0.8125rem] leading-tight text-ink-faint">
          {count === 1 ? 'You are alone so far' : `${count} at the table`} · <Elapsed since={createdAt} />
        </p>
      </div>
      <JobsChip />
      <CostChip />
      <button
        type="button"
        onClick={onInvite}
        aria-label={`Session ID ${id}${locked ? ', locked' : ''}. Invite another device`}
        data-locked={locked}
        data-testid="session-id-chip"
        className={cx(
          'h-9 shrink-0 items-center gap-1.5 rounded-full bg-sunk px-3 font-mono text-sm text-ink-soft transition-colors hover:bg-line hover:text-ink',
          locked ? 'flex' : 'hidden sm:flex',
        )}
      >
        {locked && <Lock aria-hidden className="size-3.5" />}
        {id}
      </button>
      <SettingsButton />
      <ThemeToggle />
    </header>
  );
}

function Elapsed({ since }: { since: number }) {
  const now = useNow(1_000);
  return <span className="tabular-nums">{clock(now - since)}</span>;
}
