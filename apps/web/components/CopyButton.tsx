'use client';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { copyText } from '../lib/copyText.ts';
import { Button } from './Button.tsx';

interface Props {
  text: string;
  label: string;
  className?: string;
}

/** Copies and says so for two seconds. */
export function CopyButton({ text, label, className }: Props) {
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'failed'>('none');
  useEffect(() => {
    if (outcome === 'none') return undefined;
    const timer = setTimeout(() => setOutcome('none'), 2_000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome((await copyText(text)) ? 'copied' : 'failed');
  const words = { none: label, copied: 'Copied', failed: 'Select it by hand' };
  return (
    <Button onClick={() => void copy()} {...(className === undefined ? {} : { className })}>
      {outcome === 'copied' ? (
        <Check aria-hidden className="size-4 text-voice" />
      ) : (
        <Copy aria-hidden className="size-4" />
      )}
      <span aria-live="polite">{words[outcome]}</span>
    </Button>
  );
}
