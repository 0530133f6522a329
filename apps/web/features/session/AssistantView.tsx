'use client';
import type { AssistantPhase, AssistantState } from '@parley/contract';
import { FlaskConical } from 'lucide-react';
import { Popover } from 'radix-ui';
import { LevelBars } from '../../components/LevelBars.tsx';
import { Waveform } from '../../components/Waveform.tsx';
import { cx } from '../../lib/cx.ts';
import { levelShare } from '../../lib/format.ts';
import { ModeChip } from '../conversation/ModeChip.tsx';
import { ASSISTANT, type LevelBoard } from './LevelBoard.ts';
import { useLevel } from './useLevel.ts';

const PHASE_WORDS: Record<AssistantPhase, string> = {
  connecting: 'Connecting…',
  listening: 'Listening',
  thinking: 'Thinking…',
  speaking: 'Speaking',
  paused: 'Paused',
  unavailable: 'Not available',
};

interface Props {
  levels: LevelBoard;
  assistant: AssistantState;
  name: string;
  track: MediaStreamTrack | null;
}

/** The one in the middle: blue bars, what it is doing, and the shape of what it says. */
export function AssistantView({ levels, assistant, name, track }: Props) {
  const level = useLevel(levels, ASSISTANT);
  const { phase, simulated } = assistant;
  const glow = levelShare(level);
  return (
    <div
      data-testid="assistant"
      data-phase={phase}
      data-level={level}
      className="relative z-10 flex items-center gap-3.5 rounded-2xl bg-table px-3.5 py-2.5 low:top-[51%] lg:absolute lg:top-[47%] lg:left-1/2 lg:w-80 lg:-translate-x-1/2 lg:-translate-y-1/2 lg:flex-col lg:gap-3 lg:bg-transparent lg:p-0"
    >
      <span className="relative flex size-14 shrink-0 items-center justify-center lg:size-32 low:size-20">
        <span
          aria-hidden
          className="absolute inset-0 rounded-full bg-assistant transition-[scale,opacity] duration-150 ease-linear"
          style={{ scale: `${1 + glow * 0.28}`, opacity: phase === 'speaking' ? 0.1 + glow * 0.16 : 0 }}
        />
        <span
          aria-hidden
          className={cx(
            'absolute inset-0 rounded-full border-2',
            phase === 'unavailable' || phase === 'paused'
              ? 'border-dashed border-line-strong'
              : 'border-assistant/35',
            phase === 'thinking' && 'orbit border-t-assistant',
            phase === 'connecting' && 'breathe',
          )}
        />
        <span className="absolute inset-1 rounded-full bg-surface lg:inset-1.5" />
        <LevelBars
          level={level}
          tone="assistant"
          bars={7}
          className="relative h-7 w-8 gap-[2.5px] lg:h-14 lg:w-20 lg:gap-1.5 low:h-9 low:w-14 low:gap-1"
        />
      </span>
      <span className="min-w-0 flex-1 lg:flex-none lg:text-center">
        <span className="flex items-baseline gap-2 lg:justify-center">
          <span className="truncate font-semibold lg:text-lg">{name}</span>
          <span
            className={cx(
              'shrink-0 text-sm',
              phase === 'unavailable' || phase === 'paused' ? 'text-danger' : 'text-assistant',
            )}
            data-testid="assistant-phase"
          >
            {PHASE_WORDS[phase]}
          </span>
        </span>
        <span className="flex flex-wrap items-center gap-x-1.5 lg:justify-center">
          {simulated && <SimulatedNote />}
          <ModeChip />
        </span>
      </span>
      <Waveform
        track={track}
        className="h-10 w-24 shrink-0 text-assistant sm:w-48 sideways:w-24 lg:h-11 lg:w-full low:h-7"
      />
    </div>
  );
}

/** Always there while the voice is the simulator's; a tap says what that means. */
function SimulatedNote() {
  return (
    <Popover.Root>
      <Popover.Trigger
        data-testid="simulated"
        className="mt-1 inline-flex min-h-6 items-center gap-1.5 rounded-full bg-accent-soft px-2.5 text-[0.8125rem] leading-none font-medium text-ink"
      >
        <FlaskConical aria-hidden className="size-3.5 text-accent" />
        Simulated voice
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          sideOffset={6}
          collisionPadding={12}
          className="rise z-30 w-72 rounded-2xl border border-line bg-raised p-4 text-sm shadow-float outline-none"
        >
          <p className="font-semibold">This is not a real model</p>
          <p className="mt-1 text-ink-soft">
            The server has no provider key, so a simulator on it listens and answers. Everything else is real:
            your voices, the mix, the transcript.
          </p>
          <Popover.Arrow className="fill-line" />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
