'use client';
import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { TranscriptRow } from '../transcript/TranscriptRow.tsx';
import type { RoomModel } from './roomModel.ts';
import { TextBox } from './TextBox.tsx';
import type { TypedTexts } from './TypedTexts.ts';
import { TypedTextRow } from './TypedTextRow.tsx';

/** Closer to the end than this counts as reading along. */
const NEAR_END_PX = 60;

/** What is said, live, with the box to type into. Follows the newest words until the reader scrolls up. */
export function Talk({ room, texts }: { room: RoomModel; texts: TypedTexts }) {
  const listRef = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const { transcript, jobs, texts: pending, session, me } = room;

  const toEnd = useCallback(() => {
    const list = listRef.current;
    if (list !== null) list.scrollTop = list.scrollHeight;
  }, []);
  useLayoutEffect(() => {
    if (following) toEnd();
  }, [transcript, jobs, pending, following, toEnd]);
  const topRef = useRef(0);
  const onScroll = () => {
    const list = listRef.current;
    if (list === null) return;
    const near = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
    // Only a reader scrolls up; a list that became smaller does not.
    if (near || list.scrollTop < topRef.current) setFollowing(near);
    topRef.current = list.scrollTop;
  };
  useEffect(() => {
    const list = listRef.current;
    if (list === null || !following) return undefined;
    // A banner, the keyboard of a phone: whatever takes height must not hide the newest words.
    const observer = new ResizeObserver(toEnd);
    observer.observe(list);
    return () => observer.disconnect();
  }, [following, toEnd]);

  return (
    <section
      aria-label="Transcript"
      className="relative flex min-h-0 flex-1 flex-col border-line bg-surface [grid-area:talk] max-lg:mt-1 max-lg:border-t sideways:mt-0 sideways:border-t-0 sideways:border-l lg:border-l"
    >
      <div
        ref={listRef}
        onScroll={onScroll}
        tabIndex={0}
        role="region"
        aria-label="What was said"
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 py-4 -outline-offset-2 sm:px-3"
      >
        {transcript.every((entry) => entry.kind === 'moment') && pending.length === 0 && (
          <p className="mx-auto mt-2 mb-5 max-w-64 text-center text-ink-faint">
            What you and {session.agentName} say appears here, with everybody’s name on it.
          </p>
        )}
        <ol className="flex flex-col gap-1">
          {transcript.map((entry) => (
            <li key={entry.itemId} className="lazy-block">
              <TranscriptRow entry={entry} agentName={session.agentName} me={me.id} />
            </li>
          ))}
          {pending.map((typed) => (
            <li key={typed.id}>
              <TypedTextRow
                typed={typed}
                onRetry={() => texts.retry(typed.id)}
                onDrop={() => texts.drop(typed.id)}
              />
            </li>
          ))}
        </ol>
      </div>
      {!following && (
        <Button
          size="sm"
          onClick={() => {
            setFollowing(true);
            toEnd();
          }}
          className="absolute bottom-20 left-1/2 -translate-x-1/2 shadow-float"
        >
          <ArrowDown aria-hidden className="size-4" />
          Newest
        </Button>
      )}
      <TextBox onSend={texts.send} agentName={session.agentName} />
    </section>
  );
}
