'use client';
import { Switch as Radix } from 'radix-ui';
import { useId } from 'react';

interface Props {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  testId: string;
}

export function Switch({ label, hint, checked, onChange, testId }: Props) {
  const id = useId();
  return (
    <div className="flex items-center justify-between gap-4">
      <label htmlFor={id} className="min-w-0 cursor-pointer">
        <span className="block text-sm font-semibold">{label}</span>
        <span className="block text-sm text-ink-faint">{hint}</span>
      </label>
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        data-testid={testId}
        className="relative h-7 w-12 shrink-0 rounded-full bg-line-strong transition-colors data-[state=checked]:bg-voice"
      >
        <Radix.Thumb className="block size-5.5 translate-x-[3px] rounded-full bg-white shadow-card transition-transform data-[state=checked]:translate-x-[23px]" />
      </Radix.Root>
    </div>
  );
}
