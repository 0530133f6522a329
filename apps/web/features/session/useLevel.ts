'use client';
import { SILENCE_DBOV } from '@parley/contract';
import { useCallback, useSyncExternalStore } from 'react';
import type { LevelBoard } from './LevelBoard.ts';

/** One voice's level in dBov, redrawing only who asks. */
export function useLevel(levels: LevelBoard, key: string): number {
  const subscribe = useCallback((changed: () => void) => levels.watch(key, changed), [levels, key]);
  return useSyncExternalStore(
    subscribe,
    () => levels.get(key),
    () => SILENCE_DBOV,
  );
}
