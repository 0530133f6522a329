'use client';
import { Radio } from 'lucide-react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { cx } from '../../lib/cx.ts';
import { useStore } from '../../lib/useStore.ts';
import type { TalkHold, TalkState } from './TalkHold.ts';
import { useTalkKey } from './useTalkKey.ts';

const WORDS: Record<TalkState, string> = {
  idle: 'Hold to talk',
  asking: 'One moment…',
  talking: 'Talking: let go when done',
  ended: 'Time is up: let go and hold again',
};

const pointer = (event: PointerEvent) => `pointer ${event.pointerId}`;

/** Held like the button of a radio: with a finger, the mouse, Enter, or the space bar anywhere. */
export function TalkButton({ talk }: { talk: TalkHold }) {
  const state = useStore(talk.state);
  useTalkKey(talk, true);
  const onPointerDown = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    // The finger may slide off the button and still holds it.
    event.currentTarget.setPointerCapture(event.pointerId);
    talk.press(pointer(event));
  };
  const onPointerEnd = (event: PointerEvent) => talk.release(pointer(event));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.repeat) talk.press('enter');
  };
  const onKeyUp = (event: KeyboardEvent) => {
    if (event.key === 'Enter') talk.release('enter');
  };
  return (
    <button
      type="button"
      data-testid="talk-button"
      data-state={state}
      aria-pressed={state !== 'idle'}
      aria-keyshortcuts="Space"
      title="Hold to talk (space bar)"
      onPointerDown={onPointerDown}
      onPointerUp={onPointerEnd}
      onPointerCancel={onPointerEnd}
      onLostPointerCapture={onPointerEnd}
      onKeyDown={onKeyDown}
      onKeyUp={onKeyUp}
      onBlur={() => talk.release('enter')}
      onContextMenu={(event) => event.preventDefault()}
      draggable={false}
      className={cx(
        'flex h-16 basis-full touch-none items-center justify-center gap-2.5 rounded-2xl px-6 font-semibold select-none [-webkit-touch-callout:none] lg:h-12 lg:basis-auto lg:rounded-full',
        'transition-[background-color,color,scale] duration-150',
        state === 'idle' && 'bg-accent text-on-ink hover:brightness-105',
        state === 'asking' && 'scale-[0.99] bg-voice-soft text-ink',
        state === 'talking' && 'scale-[0.99] bg-voice text-on-ink',
        state === 'ended' && 'bg-warning-soft text-ink',
      )}
    >
      <Radio aria-hidden className={cx('size-5 shrink-0', state === 'talking' && 'breathe')} />
      <span role="status">{WORDS[state]}</span>
      {state === 'idle' && (
        <kbd className="hidden rounded-md border border-current/40 px-1.5 font-sans text-xs font-medium lg:inline">
          space
        </kbd>
      )}
    </button>
  );
}
