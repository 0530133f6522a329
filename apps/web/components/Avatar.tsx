'use client';
import type { CSSProperties } from 'react';
import { cx } from '../lib/cx.ts';
import { initialsOf } from '../lib/people.ts';
import { useFaceColors } from './PeopleTones.tsx';

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
      style={{ ...useFaceColors(id), ...style }}
      className={cx(
        'inline-flex shrink-0 items-center justify-center rounded-full leading-none font-semibold select-none',
        className ?? 'size-9 text-xs',
      )}
    >
      {initialsOf(name)}
    </span>
  );
}
