import { Button } from '../../components/Button.tsx';
import { Mark } from '../../components/Brand.tsx';
import type { LinkState } from './sessionModel.ts';

interface Props {
  link: LinkState;
  onRetry: () => void;
  onGiveUp: () => void;
}

/** Between the lobby and the room: usually for the blink of an eye. */
export function TakingSeat({ link, onRetry, onGiveUp }: Props) {
  const problem = link.at === 'waiting' ? link.problem : null;
  return (
    <main
      className="flex min-h-dvh flex-col items-center justify-center gap-5 px-6 text-center"
      role="status"
    >
      <Mark className="breathe size-12" />
      <p className="text-lg font-semibold">{problem?.title ?? 'Taking your seat…'}</p>
      {link.at === 'waiting' && (
        <p className="max-w-md text-ink-soft">
          {problem?.text ?? 'The server does not answer yet.'} This page tries again by itself.
        </p>
      )}
      {link.at !== 'joining' && (
        <div className="flex gap-3">
          <Button onClick={onRetry} disabled={link.at !== 'waiting'}>
            Try now
          </Button>
          <Button variant="ghost" onClick={onGiveUp}>
            Give up
          </Button>
        </div>
      )}
    </main>
  );
}
