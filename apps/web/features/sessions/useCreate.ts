'use client';
import type { CreateSession } from '@parley/contract';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { createSession } from '../../lib/api.ts';
import { describeProblem, type Problem } from '../../lib/problem.ts';
import { saveOwnerToken } from '../../lib/storage.ts';

/** Starts a session and goes to its lobby; this device keeps the right to end it. */
export function useCreate() {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const create = async (settings: CreateSession) => {
    setBusy(true);
    setProblem(null);
    try {
      const { session, ownerToken } = await createSession(settings);
      saveOwnerToken(session.id, ownerToken);
      router.push(`/s/${session.id}`);
    } catch (error) {
      setProblem(describeProblem(error));
      setBusy(false);
    }
  };
  return { busy, problem, create };
}
