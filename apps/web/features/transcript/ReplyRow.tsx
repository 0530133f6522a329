import { CornerDownRight, Scissors } from 'lucide-react';
import { seconds } from '../../lib/format.ts';
import { Growing, Spoken } from './Spoken.tsx';
import { splitAtCut, type ReplyEntry } from './transcript.ts';

const STATUS_WORDS: Record<ReplyEntry['status'], string | undefined> = {
  completed: undefined,
  cancelled: undefined,
  failed: 'The answer failed.',
  incomplete: 'The answer was not finished.',
};

export function ReplyRow({ entry, agentName }: { entry: ReplyEntry; agentName: string }) {
  const cut = splitAtCut(entry);
  const status = entry.live ? undefined : STATUS_WORDS[entry.status];
  return (
    <article
      data-testid="transcript-item"
      data-role="assistant"
      data-item-id={entry.itemId}
      data-live={entry.live}
      className="my-1 rounded-2xl bg-assistant-soft px-2 py-2.5"
    >
      <Spoken
        face={
          <span className="flex size-8 items-center justify-center rounded-full bg-assistant text-[0.6875rem] font-semibold text-on-ink">
            {agentName[0]?.toUpperCase()}
          </span>
        }
        names={<span className="font-semibold text-assistant">{agentName}</span>}
        at={entry.at}
      >
        {entry.resumes !== null && (
          <p className="flex items-center gap-1.5 text-[0.8125rem] text-ink-soft" data-testid="reply-resumed">
            <CornerDownRight aria-hidden className="size-3.5" />
            Goes on after a false interruption
          </p>
        )}
        <p className="whitespace-pre-wrap">
          {cut === undefined ? entry.text : cut.heard}
          {cut !== undefined && cut.unheard !== '' && (
            <s className="text-ink-faint decoration-1">{cut.unheard}</s>
          )}
          {entry.live && <Growing />}
        </p>
        {cut !== undefined && (
          <p
            className="mt-1 flex items-center gap-1.5 text-[0.8125rem] text-ink-soft"
            data-testid="reply-cut"
          >
            <Scissors aria-hidden className="size-3.5" />
            {cut.heard === ''
              ? 'Interrupted before it was heard'
              : `Cut short after ${seconds(entry.heardMs)} of ${seconds(entry.audioMs)}`}
          </p>
        )}
        {status !== undefined && <p className="mt-1 text-[0.8125rem] text-danger">{status}</p>}
      </Spoken>
    </article>
  );
}
