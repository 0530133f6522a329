'use client';
import { Button, ButtonLink } from '../../components/Button.tsx';
import { Message } from '../../components/Message.tsx';
import { unreachable } from '../../lib/unreachable.ts';
import type { Over } from './sessionModel.ts';

interface Props {
  over: Exclude<Over, { why: 'ended' }>;
  /** Takes the same place again. */
  onBack: () => void;
  onLobby: () => void;
}

/** This device is out of the room, the session goes on. */
export function Gone({ over, onBack, onLobby }: Props) {
  const all = <ButtonLink href="/">See all sessions</ButtonLink>;
  const again = (
    <Button variant="primary" onClick={onLobby} data-testid="join-again">
      Join again
    </Button>
  );
  switch (over.why) {
    case 'left':
      return (
        <Message
          title="You left the session"
          text="The others go on. You can come back as long as it is open."
        >
          {again}
          {all}
        </Message>
      );
    case 'replaced':
      return (
        <Message
          title="You are in this session in another tab"
          text="This tab gave its seat to the newer one, so that nobody hears you twice."
        >
          <Button variant="primary" onClick={onBack}>
            Continue here
          </Button>
          {all}
        </Message>
      );
    case 'removed':
      return (
        <Message
          title="You were removed from the session"
          text="Ask whoever invited you if that was a mistake; then you can join again."
        >
          {again}
          {all}
        </Message>
      );
    case 'refused':
      return (
        <Message title={over.problem.title} text={over.problem.text}>
          {over.reload ? (
            <Button variant="primary" onClick={() => globalThis.location.reload()}>
              Reload the page
            </Button>
          ) : (
            again
          )}
          {all}
        </Message>
      );
    default:
      return unreachable(over);
  }
}
