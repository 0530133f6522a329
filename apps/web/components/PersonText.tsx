'use client';
import type { ReactNode } from 'react';
import { usePersonColor } from './PeopleTones.tsx';

/** Words in a person's own colour. */
export function PersonText({ id, children }: { id: string; children: ReactNode }) {
  return (
    <span className="font-semibold" style={{ color: usePersonColor(id) }}>
      {children}
    </span>
  );
}
