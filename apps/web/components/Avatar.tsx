import type { CSSProperties } from 'react';
import { cx } from '../lib/cx.ts';
import { hueOf, initialsOf } from '../lib/people.ts';

/** The two colours of a person, from the ID alone: `background` for faces, `color` for names. */
export function personColors(id: string): { background: string; color: string } {
  const hue = hueOf(id);
  return {
    background: `light-dark(oklch(0.87 0.085 ${hue}), oklch(0.42 0.085 ${hue}))`,
    color: `light-dark(oklch(0.42 0.11 ${hue}), oklch(0.85 0.09 ${hue}))`,
  };
}

interface Props {
  id: string;
  name: string;
  className?: string;
  style?: CSSProperties;
}

/** Initials on the person's own colour. The name stands beside it or is given to the reader by the parent. */
export function Avatar({ id, name, className, style }: Props) {
  return (
    <span
      aria-hidden
      style={{ ...personColors(id), ...style }}
      className={cx(
        'inline-flex shrink-0 items-center justify-center rounded-full leading-none font-semibold select-none',
        className ?? 'size-9 text-xs',
      )}
    >
      {initialsOf(name)}
    </span>
  );
}
