'use client';
import { ShieldQuestion } from 'lucide-react';
import { Button } from '../../components/Button.tsx';
import { useNow } from '../../lib/useNow.ts';
import { Detail } from './Detail.tsx';
import { useJobs } from './InJobs.tsx';
import { type Ask, isOpen, mayDecide } from './jobsModel.ts';
import { decisionWords } from './jobWords.ts';
import { useAct } from './useAct.ts';

const TICK_MS = 500;

/** Something of a job that somebody has to allow: asked where that may be done, told everywhere. */
export function AskBox({ ask }: { ask: Ask }) {
  const open = isOpen(ask, useNow(TICK_MS));
  if (!open)
    return (
      <p
        className="mt-2.5 text-sm text-ink-soft"
        data-testid="ask-decided"
        data-decision={ask.decision ?? 'expired'}
      >
        <span className="font-medium">{decisionWords(ask.decision ?? 'expired', ask.by)}:</span> {ask.what}
      </p>
    );
  return (
    <div className="mt-2.5 rounded-xl bg-warning-soft px-3 py-2.5 text-sm" data-testid="ask">
      <p className="flex items-start gap-2">
        <ShieldQuestion aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0">
          <span className="font-semibold break-words whitespace-pre-wrap">{ask.what}</span>
          <span className="block text-ink-soft">{ask.why}</span>
        </span>
      </p>
      {ask.detail !== null && ask.detail !== '' && (
        <div className="mt-2">
          <Detail text={ask.detail} />
        </div>
      )}
      <AskAnswer ask={ask} />
    </div>
  );
}

/** Allow and deny, with the time that is left; for others who it is that may. */
export function AskAnswer({ ask }: { ask: Ask }) {
  const view = useJobs();
  const { busy, error, run } = useAct();
  const { me = null, acts = null } = view ?? {};
  if (me === null || acts === null || !mayDecide(ask, me))
    return (
      <p className="mt-2 text-ink-soft">
        {ask.roles.length === 0 ? 'Nobody' : `Any ${ask.roles.join(' or ')}`} may allow it ·{' '}
        <TimeLeft until={ask.expiresAt} />
      </p>
    );
  const decide = (approve: boolean) => void run(() => acts.decide(ask.approvalId, approve));
  return (
    <div className="mt-2.5">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          variant="primary"
          disabled={busy}
          onClick={() => decide(true)}
          data-testid="ask-allow"
        >
          Allow
        </Button>
        <Button size="sm" disabled={busy} onClick={() => decide(false)} data-testid="ask-deny">
          Deny
        </Button>
        <TimeLeft until={ask.expiresAt} />
      </div>
      {error !== undefined && (
        <p role="alert" className="mt-2 text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

/** Hidden from screen readers, which would speak of nothing else; they are told once how long there is. */
function TimeLeft({ until }: { until: number }) {
  const left = Math.max(0, Math.ceil((until - useNow(TICK_MS)) / 1000));
  return (
    <span aria-hidden className="text-[0.8125rem] text-ink-soft tabular-nums" data-testid="ask-time">
      {left} s left, then it is denied
    </span>
  );
}
