import { useId, type ComponentProps, type ReactNode } from 'react';
import { cx } from '../lib/cx.ts';

export const inputClass =
  'w-full rounded-xl border border-line-strong/60 bg-raised px-3.5 text-base text-ink placeholder:text-ink-faint/80 ' +
  'transition-colors hover:border-line-strong focus:border-accent focus:outline-none focus:ring-2 focus:ring-accent/30';

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  children: (ids: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean;
  }) => ReactNode;
}

/** A label, a control, and one line of help or of what is wrong with it. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-semibold">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': note === undefined ? undefined : `${id}-note`,
        'aria-invalid': error !== undefined,
      })}
      {note !== undefined && (
        <p
          id={`${id}-note`}
          role={error === undefined ? undefined : 'alert'}
          className={cx('mt-1.5 text-sm', error === undefined ? 'text-ink-faint' : 'text-danger')}
        >
          {note}
        </p>
      )}
    </div>
  );
}

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input className={cx(inputClass, 'h-12', className)} {...rest} />;
}

export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea className={cx(inputClass, 'min-h-24 resize-y py-3', className)} {...rest} />;
}

/** The system's own menu: it works with any thumb, keyboard and screen reader. */
export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return <select className={cx(inputClass, 'h-12 truncate pr-8', className)} {...rest} />;
}
