'use client';
import type { SessionId } from '@parley/contract';
import { useEffect, useState } from 'react';
import { Button, ButtonLink } from '../../components/Button.tsx';
import { Message } from '../../components/Message.tsx';
import { wakeAudio } from '../../lib/audio/context.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { useStore } from '../../lib/useStore.ts';
import { Timeline } from '../history/Timeline.tsx';
import { Lobby } from '../lobby/Lobby.tsx';
import { Gone } from './Gone.tsx';
import { openVisit } from './openVisit.ts';
import { Room } from './Room.tsx';
import type { Visit } from './Visit.ts';

/** Everything that the address of one session can show. */
export function SessionScreen({ id }: { id: SessionId }) {
  const [visit, setVisit] = useState<Visit>();
  useEffect(() => {
    const opened = openVisit(id);
    setVisit(opened);
    void opened.look();
    // Meters and waveforms sleep until the person has touched the page.
    globalThis.addEventListener('pointerdown', wakeAudio);
    globalThis.addEventListener('keydown', wakeAudio);
    return () => {
      opened.close();
      globalThis.removeEventListener('pointerdown', wakeAudio);
      globalThis.removeEventListener('keydown', wakeAudio);
    };
  }, [id]);
  return visit === undefined ? <Looking /> : <VisitScreen visit={visit} />;
}

function VisitScreen({ visit }: { visit: Visit }) {
  const state = useStore(visit.state);
  switch (state.at) {
    case 'looking':
      return <Looking />;
    case 'trouble':
      return (
        <Message title={state.problem.title} text={state.problem.text}>
          {!state.missing && (
            <Button variant="primary" onClick={visit.toLobby}>
              Try again
            </Button>
          )}
          <ButtonLink href="/" variant={state.missing ? 'primary' : 'soft'}>
            See all sessions
          </ButtonLink>
        </Message>
      );
    case 'lobby':
      return (
        <Lobby
          session={state.session}
          microphone={visit.microphone}
          joining={state.joining}
          problem={state.problem}
          onJoin={(name, listenOnly) => visit.join(name, listenOnly)}
        />
      );
    case 'room':
      return <Room connection={state.connection} microphone={visit.microphone} onLobby={visit.toLobby} />;
    case 'gone':
      return <Gone over={state.over} onBack={() => visit.enterAgain(state.seat)} onLobby={visit.toLobby} />;
    case 'ended':
      return <Timeline session={state.session} justNow={state.justNow} />;
    default:
      return unreachable(state);
  }
}

function Looking() {
  return (
    <div className="flex min-h-dvh items-center justify-center" role="status">
      <span className="breathe text-ink-soft">Looking for the session…</span>
    </div>
  );
}
