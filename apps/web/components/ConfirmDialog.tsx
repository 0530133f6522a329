'use client';
import { AlertDialog } from 'radix-ui';
import { buttonClass, Button } from './Button.tsx';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  text: string;
  action: string;
  busy: boolean;
  error: string | null;
  onConfirm: () => void;
}

/** Asks before something that cannot be undone. Stays open while it is done, and says if it failed. */
export function ConfirmDialog({ open, onOpenChange, title, text, action, busy, error, onConfirm }: Props) {
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-[oklch(0.15_0.03_335/0.6)]" />
        <AlertDialog.Content className="rise fixed inset-x-4 top-1/2 z-50 mx-auto max-w-md -translate-y-1/2 rounded-3xl bg-surface p-6 shadow-float outline-none sm:p-7">
          <AlertDialog.Title className="text-xl font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-ink-soft">{text}</AlertDialog.Description>
          {error !== null && (
            <p role="alert" className="mt-4 rounded-xl bg-danger-soft px-4 py-3 text-sm">
              {error}
            </p>
          )}
          <div className="mt-6 flex flex-wrap justify-end gap-3">
            <AlertDialog.Cancel className={buttonClass('ghost')}>Cancel</AlertDialog.Cancel>
            <Button variant="danger" disabled={busy} onClick={onConfirm} data-testid="confirm">
              {busy ? 'One moment…' : action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
