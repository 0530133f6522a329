'use client';
import type { SessionView } from '@parley/contract';
import { LockKeyhole } from 'lucide-react';
import { useMemo } from 'react';
import { Banner } from '../../components/Banner.tsx';
import { Brand } from '../../components/Brand.tsx';
import { Button, ButtonLink } from '../../components/Button.tsx';
import { PeopleTones } from '../../components/PeopleTones.tsx';
import { ThemeToggle } from '../../components/ThemeToggle.tsx';
import { day, duration, timeOfDay } from '../../lib/format.ts';
import { InJobs } from '../jobs/InJobs.tsx';
import { JobsIndex } from '../jobs/JobsIndex.tsx';
import { applyJobEvent, noJobs } from '../jobs/jobsModel.ts';
import { endWords } from '../transcript/moments.ts';
import { addEvent, type TranscriptEntry } from '../transcript/transcript.ts';
import { TranscriptRow } from '../transcript/TranscriptRow.tsx';
import { ExportButtons } from './ExportButtons.tsx';
import { attendanceOf } from './presence.ts';
import { PresenceChart } from './PresenceChart.tsx';
import { useHistory } from './useHistory.ts';

/** Entries from which on what is out of sight is not laid out; printing and whole-page pictures want all of it. */
const LONG = 400;

/** What is left of a session: who was there, and every word. */
export function Timeline({ session, justNow }: { session: SessionView; justNow: boolean }) {
  const { history, retry } = useHistory(session.id);
  const events = history.at === 'read' ? history.events : undefined;
  const endedAt = session.endedAt ?? events?.at(-1)?.at ?? session.createdAt;
  const transcript = useMemo(
    () => (events ?? []).reduce<TranscriptEntry[]>((entries, event) => addEvent(entries, event), []),
    [events],
  );
  const jobs = useMemo(() => (events ?? []).reduce(applyJobEvent, noJobs), [events]);
  const attended = useMemo(
    () => (events === undefined ? undefined : attendanceOf(events, endedAt)),
    [events, endedAt],
  );
  return (
    <div className="mx-auto min-h-dvh max-w-5xl px-5 pb-24 sm:px-8">
      <header className="flex h-16 items-center justify-between">
        <Brand />
        <ThemeToggle />
      </header>
      <main data-testid="timeline">
        <div className="flex flex-wrap items-end justify-between gap-6 pt-4 pb-8 sm:pt-8">
          <div className="min-w-0">
            <p className="text-sm font-medium text-ink-faint" role="status">
              {justNow
                ? `${endWords(session.endReason)}. Thank you for being there.`
                : endWords(session.endReason)}
            </p>
            <h1 className="mt-1 text-3xl leading-tight font-semibold tracking-[-0.03em] sm:text-4xl">
              {session.title}
            </h1>
            <p className="mt-2 text-ink-soft">
              {day(session.createdAt)}, {timeOfDay(session.createdAt)}–{timeOfDay(endedAt)} ·{' '}
              {duration(endedAt - session.createdAt)} · with {session.agentName} ·{' '}
              <span className="font-mono text-sm">{session.id}</span>
            </p>
          </div>
          {history.at === 'read' && <ExportButtons id={session.id} />}
        </div>
        {history.at === 'loading' && (
          <p role="status" className="breathe py-16 text-center text-ink-soft">
            Fetching what was said…
          </p>
        )}
        {history.at === 'closed' && (
          <section
            data-testid="timeline-closed"
            className="rounded-card border border-line bg-surface px-6 py-14 text-center"
          >
            <LockKeyhole aria-hidden className="mx-auto size-8 text-ink-faint" />
            <h2 className="mt-4 text-xl font-semibold">Only those who took part can read it</h2>
            <p className="mx-auto mt-2 max-w-md text-ink-soft">
              Open this page in the browser that was in the session: it keeps the key for 90 days. Or ask
              somebody who was there to export the conversation for you.
            </p>
          </section>
        )}
        {history.at === 'failed' && (
          <Banner tone="error" title={history.problem.title} text={history.problem.text}>
            <Button size="sm" onClick={retry}>
              Try again
            </Button>
          </Banner>
        )}
        {attended !== undefined && (
          <PeopleTones ids={attended.people.map((person) => person.id)}>
            <InJobs
              jobs={jobs}
              sessionId={session.id}
              policies={session.conversation.tools}
              me={null}
              acts={null}
            >
              <PresenceChart attended={attended} agentName={session.agentName} />
              <JobsIndex />
              <section
                aria-labelledby="transcript-heading"
                className="mt-6 rounded-card border border-line bg-surface p-5 sm:p-8"
              >
                <h2 id="transcript-heading" className="mb-6 text-lg font-semibold">
                  Transcript
                </h2>
                {transcript.every((entry) => entry.kind === 'moment') && (
                  <p className="mb-6 text-ink-faint">Nothing was said in this session.</p>
                )}
                <ol className="mx-auto flex max-w-2xl flex-col gap-1.5">
                  {transcript.map((entry) => (
                    <li key={entry.itemId} className={transcript.length > LONG ? 'lazy-block' : undefined}>
                      <TranscriptRow entry={entry} agentName={session.agentName} />
                    </li>
                  ))}
                </ol>
              </section>
            </InJobs>
          </PeopleTones>
        )}
        <div className="mt-8 text-center">
          <ButtonLink href="/">See all sessions</ButtonLink>
        </div>
      </main>
    </div>
  );
}
