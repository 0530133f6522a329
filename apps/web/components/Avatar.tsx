import type { CSSProperties } from 'react';
import { cx } from '../lib/cx.ts';
import { initialsOf, toneOf } from '../lib/people.ts';

/** A colour for a person's name and bars, from the ID alone. */
export function personColor(id: string): string {
  const { hue, deep } = toneOf(id);
  return `light-dark(oklch(${deep ? 0.4 : 0.48} 0.115 ${hue}), oklch(${deep ? 0.78 : 0.86} 0.095 ${hue}))`;
}

function faceColors(id: string): { background: string; color: string } {
  const { hue, deep } = toneOf(id);
  if (deep)
    return {
      background: `light-dark(oklch(0.5 0.115 ${hue}), oklch(0.72 0.11 ${hue}))`,
      color: `light-dark(oklch(0.99 0.01 ${hue}), oklch(0.2 0.05 ${hue}))`,
    };
  return {
    background: `light-dark(oklch(0.88 0.085 ${hue}), oklch(0.4 0.08 ${hue}))`,
    color: `light-dark(oklch(0.38 0.1 ${hue}), oklch(0.92 0.07 ${hue}))`,
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
      style={{ ...faceColors(id), ...style }}
      className={cx(
        'inline-flex shrink-0 items-center justify-center rounded-full leading-none font-semibold select-none',
        className ?? 'size-9 text-xs',
      )}
    >
      {initialsOf(name)}
    </span>
  );
}
