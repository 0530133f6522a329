import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../lib/cx.ts';
import { IconButton } from './IconButton.tsx';

export type BannerTone = 'info' | 'warning' | 'error';

const LOOK: Record<BannerTone, { icon: typeof Info; box: string; ink: string }> = {
  info: { icon: Info, box: 'bg-assistant-soft', ink: 'text-assistant' },
  warning: { icon: TriangleAlert, box: 'bg-warning-soft', ink: 'text-ink' },
  error: { icon: CircleAlert, box: 'bg-danger-soft', ink: 'text-danger' },
};

interface Props {
  tone: BannerTone;
  title: string;
  text?: string | undefined;
  children?: ReactNode;
  onDismiss?: (() => void) | undefined;
  className?: string;
}

/** Something to know, and the way on. */
export function Banner({ tone, title, text, children, onDismiss, className }: Props) {
  const { icon: Icon, box, ink } = LOOK[tone];
  return (
    <div className={cx('rise flex items-start gap-3 rounded-2xl px-4 py-3', box, className)}>
      <Icon aria-hidden className={cx('mt-0.5 size-5 shrink-0', ink)} />
      <div className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="min-w-0 flex-[1_1_14rem] text-sm">
          <strong className="font-semibold">{title}</strong>
          {text !== undefined && <span className="text-ink-soft"> {text}</span>}
        </p>
        {children !== undefined && <div className="flex flex-wrap gap-2">{children}</div>}
      </div>
      {onDismiss !== undefined && (
        <IconButton icon={X} label="Dismiss" onClick={onDismiss} className="-my-1.5 -mr-2 size-9" />
      )}
    </div>
  );
}
