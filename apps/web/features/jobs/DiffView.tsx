import { cx } from '../../lib/cx.ts';
import { type DiffLine, readDiff } from './diff.ts';

const LINES: Record<DiffLine['kind'], { row: string; sign: string; said: string }> = {
  added: { row: 'bg-voice-soft', sign: '+', said: 'added: ' },
  removed: { row: 'bg-danger-soft', sign: '−', said: 'removed: ' },
  same: { row: '', sign: '', said: '' },
  gap: { row: 'text-ink-faint bg-sunk', sign: '⋯', said: '' },
  file: { row: 'bg-sunk font-semibold', sign: '', said: '' },
};

/** A unified diff in colours; signs say the same to those who do not see them. */
export function DiffView({ diff }: { diff: string }) {
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label="Changes"
      data-testid="job-diff"
      className="max-h-80 overflow-auto rounded-xl border border-line bg-surface py-1 font-mono text-[0.8125rem] leading-5"
    >
      <div className="w-max min-w-full">
        {readDiff(diff).map(({ kind, text, number }, place) => (
          // Lines of a diff have no other name than their place, and never move.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={place} data-diff={kind} className={cx('flex pr-3 whitespace-pre', LINES[kind].row)}>
            <span aria-hidden className="w-9 shrink-0 pr-1.5 text-right text-ink-faint select-none">
              {number}
            </span>
            <span aria-hidden className="w-4 shrink-0 text-center select-none">
              {LINES[kind].sign}
            </span>
            <span className="sr-only">{LINES[kind].said}</span>
            <span>{text || ' '}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
