import type { ReactNode } from 'react';
import { timeOfDay } from '../../lib/format.ts';

interface Props {
  face: ReactNode;
  names: ReactNode;
  at: number;
  children: ReactNode;
}

/** A face, who it is and when, and the words. */
export function Spoken({ face, names, at, children }: Props) {
  return (
    <div className="flex gap-3">
      <div className="w-8 shrink-0 pt-0.5">{face}</div>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2 text-sm leading-snug">
          {names}
          <time dateTime={new Date(at).toISOString()} className="text-xs text-ink-faint tabular-nums">
            {timeOfDay(at)}
          </time>
        </p>
        <div className="mt-0.5">{children}</div>
      </div>
    </div>
  );
}

/** Words that still come. */
export function Growing() {
  return (
    <span
      aria-hidden
      className="breathe ml-1 inline-block size-2 rounded-full bg-current align-middle opacity-60"
    />
  );
}
