'use client';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { describeProblem } from '../../lib/problem.ts';
import type { SessionConnection } from './SessionConnection.ts';

interface Props {
  connection: SessionConnection;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function EndDialog({ connection, open, onOpenChange }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const end = async () => {
    setBusy(true);
    setError(null);
    try {
      await connection.end();
    } catch (problem) {
      const { title, text } = describeProblem(problem);
      setError(`${title}. ${text}`);
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title="End the session for everybody?"
      text="All devices leave at once and nobody can come back. What was said stays readable."
      action="End it"
      busy={busy}
      error={error}
      onConfirm={() => void end()}
    />
  );
}
