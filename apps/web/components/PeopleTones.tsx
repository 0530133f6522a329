'use client';
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { assignTones, toneOf, type Tone } from '../lib/people.ts';

const Tones = createContext<ReadonlyMap<string, Tone>>(new Map());

interface Props {
  /** Everybody who may appear inside, in the order in which they came. */
  ids: readonly string[];
  children: ReactNode;
}

/** Gives the people inside colours that can be told apart. */
export function PeopleTones({ ids, children }: Props) {
  const key = ids.join();
  const tones = useMemo(() => assignTones(key.split(',')), [key]);
  return <Tones value={tones}>{children}</Tones>;
}

function useTone(id: string): Tone {
  return useContext(Tones).get(id) ?? toneOf(id);
}

/** A colour for a person's name and bars. */
export function usePersonColor(id: string): string {
  const { hue, deep } = useTone(id);
  return `light-dark(oklch(${deep ? 0.4 : 0.48} 0.115 ${hue}), oklch(${deep ? 0.78 : 0.86} 0.095 ${hue}))`;
}

/** The colours of a person's face. */
export function useFaceColors(id: string): { background: string; color: string } {
  const { hue, deep } = useTone(id);
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
