import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cx } from '../lib/cx.ts';

interface Props extends ComponentProps<'button'> {
  icon: LucideIcon;
  label: string;
}

/** A round button of 44 px, the least a thumb needs; its word is its accessible name and its tooltip. */
export function IconButton({ icon: Icon, label, className, ...rest }: Props) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cx(
        'inline-flex size-11 shrink-0 items-center justify-center rounded-full text-ink-soft transition-colors',
        'hover:bg-sunk hover:text-ink active:bg-line disabled:pointer-events-none disabled:opacity-50',
        className,
      )}
      {...rest}
    >
      <Icon aria-hidden className="size-5" />
    </button>
  );
}
