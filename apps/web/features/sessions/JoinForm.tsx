'use client';
import { readSessionId } from '@parley/contract';
import { ArrowRight } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Button } from '../../components/Button.tsx';
import { Field, Input } from '../../components/Field.tsx';

/** Takes an ID however it was typed, or a whole link. */
export function JoinForm() {
  const router = useRouter();
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const id = readSessionId(typed);
    if (id !== undefined) return router.push(`/s/${id}`);
    setError(
      typed.trim() === '' ? 'Type an ID first.' : 'That is not a session ID. It looks like k7fm-2xqd.',
    );
  };
  return (
    <form onSubmit={submit} noValidate className="rounded-card border border-line bg-surface p-6 shadow-card">
      <h2 className="mb-4 text-lg font-semibold">Join one that is running</h2>
      <Field
        label="Session ID or link"
        hint="Eight letters and digits, as on the inviter’s screen."
        error={error}
      >
        {(ids) => (
          <Input
            {...ids}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setError(undefined);
            }}
            placeholder="k7fm-2xqd"
            autoCapitalize="none"
            autoCorrect="off"
            autoComplete="off"
            spellCheck={false}
            className="font-mono tracking-wide"
            data-testid="join-id"
          />
        )}
      </Field>
      <Button type="submit" className="mt-4 w-full" data-testid="join-by-id">
        Go to the lobby
        <ArrowRight aria-hidden className="size-4" />
      </Button>
    </form>
  );
}
