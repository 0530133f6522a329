import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from '../lib/cx.ts';

type Variant = 'primary' | 'soft' | 'ghost' | 'danger';
type Size = 'sm' | 'md' | 'lg';

const VARIANTS: Record<Variant, string> = {
  primary: 'bg-ink text-on-ink hover:bg-ink/88 active:bg-ink/80 shadow-card',
  soft: 'bg-raised text-ink border border-line hover:border-line-strong active:bg-sunk',
  ghost: 'text-ink-soft hover:bg-sunk hover:text-ink active:bg-line',
  danger: 'bg-danger text-on-danger hover:bg-danger/90 active:bg-danger/80',
};

const SIZES: Record<Size, string> = {
  sm: 'h-9 px-3 text-sm gap-1.5',
  md: 'h-11 px-4 gap-2',
  lg: 'h-13 px-6 text-base gap-2.5',
};

export function buttonClass(variant: Variant = 'soft', size: Size = 'md', extra?: string): string {
  return cx(
    'inline-flex shrink-0 items-center justify-center rounded-full font-semibold whitespace-nowrap select-none',
    'transition-[background-color,border-color,opacity,scale] duration-150 active:scale-[0.98]',
    'disabled:pointer-events-none disabled:opacity-50',
    VARIANTS[variant],
    SIZES[size],
    extra,
  );
}

interface Look {
  variant?: Variant;
  size?: Size;
}

export function Button({
  variant,
  size,
  className,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & Look) {
  return <button type={type} className={buttonClass(variant, size, className)} {...rest} />;
}

export function ButtonLink({
  variant,
  size,
  className,
  ...rest
}: ComponentProps<typeof Link> & Look & { children: ReactNode }) {
  return <Link className={buttonClass(variant, size, className)} {...rest} />;
}
