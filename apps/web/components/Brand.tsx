import Link from 'next/link';
import { cx } from '../lib/cx.ts';

/** Five voices: people in green, the assistant in blue, and what they have between them. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 40 40"
      aria-hidden
      className={cx('size-8', className)}
      strokeWidth={3.6}
      strokeLinecap="round"
    >
      <path d="M6 17v6M13 12v16" className="stroke-voice" />
      <path d="M20 6v28" className="stroke-accent" />
      <path d="M27 12v16M34 17v6" className="stroke-assistant" />
    </svg>
  );
}

export function Brand() {
  return (
    <Link href="/" className="-m-1 flex items-center gap-2 rounded-lg p-1" aria-label="Parley, all sessions">
      <Mark />
      <span className="text-xl font-semibold tracking-[-0.035em]">parley</span>
    </Link>
  );
}
