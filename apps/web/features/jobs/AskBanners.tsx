'use client';
import { ShieldQuestion } from 'lucide-react';
import { useNow } from '../../lib/useNow.ts';
import { AskAnswer } from './AskBox.tsx';
import { useJobs } from './InJobs.tsx';
import { mayDecide, openAsks } from './jobsModel.ts';
import { askersOf } from './jobWords.ts';

/** On a phone more would push the conversation off the screen; the cards have them all. */
const MAX_SHOWN = 2;
const TICK_MS = 1_000;

/** What this person may allow, above everything else, and read out at once. */
export function AskBanners() {
  const view = useJobs();
  // A region that is there before its words come is the one that is read out.
  return (
    <div role="alert" className="flex flex-col gap-2 px-3 not-empty:pt-3 sm:px-5" data-testid="ask-banners">
      {view !== null && view.acts !== null && <Asks />}
    </div>
  );
}

function Asks() {
  const view = useJobs();
  const now = useNow(TICK_MS);
  if (view === null || view.me === null) return null;
  const { me } = view;
  const asks = openAsks(view.jobs, now).filter(({ ask }) => mayDecide(ask, me));
  return asks.slice(0, MAX_SHOWN).map(({ job, ask }) => (
    <div
      key={ask.approvalId}
      data-testid="ask-banner"
      className="rise rounded-2xl bg-warning-soft px-4 py-3 text-sm"
    >
      <p className="flex items-start gap-3">
        <ShieldQuestion aria-hidden className="mt-0.5 size-5 shrink-0" />
        <span className="min-w-0">
          <strong className="font-semibold">
            Allow job {job.number} for {askersOf(job.cause)}?
          </strong>{' '}
          <span className="line-clamp-2 break-words">{ask.what}</span>
          <span className="block text-ink-soft">{ask.why}</span>
        </span>
      </p>
      <div className="pl-8">
        <AskAnswer ask={ask} />
      </div>
    </div>
  ));
}
