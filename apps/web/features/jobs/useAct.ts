'use client';
import { useState } from 'react';
import { describeProblem } from '../../lib/problem.ts';

/** Does one thing at a time at the hub, and keeps what went wrong with the last. */
export function useAct() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  /** True when it was done. */
  const run = async (act: () => Promise<void>): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await act();
      return true;
    } catch (problem) {
      const { title, text } = describeProblem(problem);
      setError(`${title}. ${text}`);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run };
}
