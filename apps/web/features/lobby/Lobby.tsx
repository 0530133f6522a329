'use client';
import type { SessionView } from '@parley/contract';
import { useEffect, useState, type FormEvent } from 'react';
import { Banner } from '../../components/Banner.tsx';
import { Brand } from '../../components/Brand.tsx';
import { Button, ButtonLink } from '../../components/Button.tsx';
import { Field, Input } from '../../components/Field.tsx';
import { Switch } from '../../components/Switch.tsx';
import { ThemeToggle } from '../../components/ThemeToggle.tsx';
import { microphoneAllowed, type Microphone } from '../../lib/audio/Microphone.ts';
import type { Problem } from '../../lib/problem.ts';
import { loadMicrophone, loadName } from '../../lib/storage.ts';
import { MicrophoneSetup } from './MicrophoneSetup.tsx';
import { SessionCard } from './SessionCard.tsx';
import { SoundTest } from './SoundTest.tsx';

interface Props {
  session: SessionView;
  microphone: Microphone;
  joining: boolean;
  problem: Problem | null;
  onJoin: (name: string, listenOnly: boolean) => Promise<void>;
}

/** Before the room: a name, a microphone that hears, a sound that is heard. */
export function Lobby({ session, microphone, joining, problem, onJoin }: Props) {
  const [name, setName] = useState('');
  const [nameError, setNameError] = useState<string>();
  const [listenOnly, setListenOnly] = useState(false);
  useEffect(() => {
    setName(loadName());
    // Without a question where the browser already knows the answer; otherwise the person asks for it.
    void microphoneAllowed().then((allowed) => (allowed ? microphone.open(loadMicrophone()) : undefined));
  }, [microphone]);

  const enter = async (withMicrophone: boolean) => {
    const trimmed = name.trim();
    if (trimmed === '') return setNameError('The others need a name for you.');
    if (withMicrophone && microphone.state.get().at !== 'on') await microphone.open(loadMicrophone());
    // Why it failed is on the screen now, with a button to go in without it.
    if (withMicrophone && microphone.state.get().at !== 'on') return;
    await onJoin(trimmed, listenOnly);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void enter(!listenOnly);
  };
  const chooseListening = (listen: boolean) => {
    setListenOnly(listen);
    if (listen) microphone.close();
  };

  return (
    <div className="mx-auto min-h-dvh max-w-5xl px-5 pb-16 sm:px-8">
      <header className="flex h-16 items-center justify-between">
        <Brand />
        <ThemeToggle />
      </header>
      <main className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 pt-2 sm:pt-6 lg:grid-cols-[minmax(0,1fr)_21rem] lg:gap-8">
        <form
          onSubmit={submit}
          noValidate
          className="rounded-card border border-line bg-surface p-5 shadow-card sm:p-8"
        >
          <p className="text-sm font-medium text-ink-faint">You are about to join</p>
          <h1 className="mt-1 text-2xl leading-tight font-semibold sm:text-[1.75rem]">{session.title}</h1>
          <div className="mt-6 flex flex-col gap-6">
            <Field label="Your name" error={nameError}>
              {(ids) => (
                <Input
                  {...ids}
                  value={name}
                  maxLength={60}
                  autoComplete="nickname"
                  placeholder="As the others should see you"
                  onChange={(event) => {
                    setName(event.target.value);
                    setNameError(undefined);
                  }}
                  data-testid="name-input"
                />
              )}
            </Field>
            {!listenOnly && <MicrophoneSetup microphone={microphone} onWithout={() => void enter(false)} />}
            <Switch
              label="Only listen"
              hint="No microphone; you hear everybody and can type."
              checked={listenOnly}
              onChange={chooseListening}
              testId="listen-only"
            />
            <SoundTest />
          </div>
          {session.locked && problem === null && (
            <div role="status" className="mt-6" data-testid="lobby-locked">
              <Banner
                tone="info"
                title="This session is locked."
                text="Its owner lets nobody new in at the moment. This page notices when that changes."
              />
            </div>
          )}
          {problem !== null && (
            <div role="alert" className="mt-6" data-testid="join-problem">
              <Banner tone="error" title={`${problem.title}.`} text={problem.text}>
                {!problem.retry && (
                  <ButtonLink href="/" size="sm">
                    All sessions
                  </ButtonLink>
                )}
              </Banner>
            </div>
          )}
          <Button
            type="submit"
            variant="primary"
            size="lg"
            disabled={joining}
            className="mt-7 w-full"
            data-testid="join-button"
          >
            {joining ? 'Taking your seat…' : listenOnly ? 'Go in and listen' : 'Take a seat'}
          </Button>
        </form>
        <SessionCard session={session} />
      </main>
    </div>
  );
}
