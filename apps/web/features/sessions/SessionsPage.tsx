'use client';
import { Plus, RefreshCw, SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { Banner } from '../../components/Banner.tsx';
import { Brand } from '../../components/Brand.tsx';
import { Button } from '../../components/Button.tsx';
import { ThemeToggle } from '../../components/ThemeToggle.tsx';
import { CreateDialog } from './CreateDialog.tsx';
import { EndedSessions } from './EndedSessions.tsx';
import { JoinForm } from './JoinForm.tsx';
import { LiveSessions } from './LiveSessions.tsx';
import { useCreate } from './useCreate.ts';
import { useSessions } from './useSessions.ts';

export function SessionsPage() {
  const { list, refresh, more } = useSessions();
  const { busy, problem, create } = useCreate();
  const [choosing, setChoosing] = useState(false);
  return (
    <div className="mx-auto min-h-dvh max-w-6xl px-5 pb-20 sm:px-8">
      <header className="flex h-16 items-center justify-between">
        <Brand />
        <ThemeToggle />
      </header>
      <main>
        <section className="grid grid-cols-[minmax(0,1fr)] items-center gap-10 pt-8 pb-12 sm:pt-14 sm:pb-16 lg:grid-cols-[minmax(0,1fr)_24rem] lg:gap-16">
          <div>
            <h1 className="text-[2.25rem] leading-[1.08] font-semibold tracking-[-0.035em] sm:text-[3.25rem]">
              Everyone talks.
              <br />
              One assistant listens.
            </h1>
            <p className="mt-5 max-w-md text-lg text-ink-soft">
              Sit down at one table from any number of devices, hear each other, and let one voice answer you
              all.
            </p>
            <div className="mt-8 flex flex-wrap gap-3">
              <Button
                variant="primary"
                size="lg"
                disabled={busy}
                onClick={() => void create({})}
                data-testid="create-session"
              >
                <Plus aria-hidden className="size-5" />
                {busy ? 'Setting the table…' : 'Start a session'}
              </Button>
              <Button
                size="lg"
                disabled={busy}
                onClick={() => setChoosing(true)}
                data-testid="create-options"
              >
                <SlidersHorizontal aria-hidden className="size-4.5" />
                Voice and options
              </Button>
            </div>
            {problem !== null && !choosing && (
              <Banner tone="error" title={problem.title} text={problem.text} className="mt-5 max-w-lg" />
            )}
          </div>
          <JoinForm />
        </section>
        {list.problem !== null && (
          <Banner
            tone="warning"
            title={list.problem.title}
            text={
              list.live.length + list.ended.length > 0
                ? 'This list may be old. It is looked up again by itself.'
                : list.problem.text
            }
            className="mb-6"
          >
            <Button size="sm" onClick={refresh}>
              <RefreshCw aria-hidden className="size-4" />
              Look again
            </Button>
          </Banner>
        )}
        <LiveSessions list={list} />
        <EndedSessions list={list} more={more} />
      </main>
      <CreateDialog
        open={choosing}
        onOpenChange={setChoosing}
        busy={busy}
        problem={problem}
        onCreate={(settings) => void create(settings)}
      />
    </div>
  );
}
