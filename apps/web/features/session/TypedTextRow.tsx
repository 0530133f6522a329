import { Button } from '../../components/Button.tsx';
import type { TypedText } from './roomModel.ts';

interface Props {
  typed: TypedText;
  onRetry: () => void;
  onDrop: () => void;
}

/** A message of one's own on its way, or one that did not arrive. */
export function TypedTextRow({ typed, onRetry, onDrop }: Props) {
  if (typed.at !== 'failed')
    return (
      <p
        className="mr-2 ml-12 rounded-2xl rounded-br-md bg-sunk px-3.5 py-2 text-ink-soft"
        data-testid="text-pending"
      >
        {typed.text}
        <span className="ml-2 text-sm text-ink-faint">sending…</span>
      </p>
    );
  return (
    <div
      className="mr-2 ml-12 rounded-2xl rounded-br-md bg-danger-soft px-3.5 py-2.5"
      role="alert"
      data-testid="text-failed"
    >
      <p>{typed.text}</p>
      <p className="mt-1 text-sm text-danger">Not sent. {typed.why}</p>
      <div className="mt-2 flex gap-2">
        <Button size="sm" onClick={onRetry}>
          Send again
        </Button>
        <Button size="sm" variant="ghost" onClick={onDrop}>
          Discard
        </Button>
      </div>
    </div>
  );
}
