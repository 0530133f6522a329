import type { ParticipantId } from '@parley/contract';
import { memo } from 'react';
import { cx } from '../../lib/cx.ts';
import { timeOfDay } from '../../lib/format.ts';
import { JobCard } from '../jobs/JobCard.tsx';
import { unreachable } from '../../lib/unreachable.ts';
import { ReplyRow } from './ReplyRow.tsx';
import type { TranscriptEntry } from './transcript.ts';
import { TurnRow } from './TurnRow.tsx';
import { TypedRow } from './TypedRow.tsx';

interface Props {
  entry: TranscriptEntry;
  agentName: string;
  /** Whose names carry a “you”. Undefined where nobody is meant. */
  me?: ParticipantId;
}

/** One entry of a transcript, in the room as in the history. Drawn again only when it changed itself. */
export const TranscriptRow = memo(function TranscriptRow({ entry, agentName, me }: Props) {
  switch (entry.kind) {
    case 'turn':
      return <TurnRow entry={entry} me={me} />;
    case 'typed':
      return <TypedRow entry={entry} me={me} />;
    case 'reply':
      return <ReplyRow entry={entry} agentName={agentName} />;
    case 'job':
      return <JobCard jobId={entry.jobId} where="talk" />;
    case 'moment':
      if (entry.tone === 'seam') return <Seam text={entry.text} at={entry.at} />;
      return (
        <p
          data-testid="transcript-moment"
          className={cx(
            'mx-auto w-fit max-w-full rounded-full px-3 py-0.5 text-center text-[0.8125rem] text-balance',
            entry.tone === 'warning' ? 'rounded-xl bg-warning-soft text-ink-soft' : 'text-ink-faint',
          )}
        >
          {entry.text} · {timeOfDay(entry.at)}
        </p>
      );
    default:
      return unreachable(entry);
  }
});

/** A line across the transcript: what is below came over another connection. */
function Seam({ text, at }: { text: string; at: number }) {
  return (
    <p
      data-testid="transcript-seam"
      className="flex items-center gap-3 px-2 py-1 text-center text-[0.8125rem] text-balance text-ink-faint before:h-px before:min-w-4 before:flex-1 before:bg-line after:h-px after:min-w-4 after:flex-1 after:bg-line"
    >
      {text} · {timeOfDay(at)}
    </p>
  );
}
