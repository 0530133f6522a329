'use client';
import type { ParticipantView } from '@parley/contract';
import { Ear, MicOff } from 'lucide-react';
import { Popover, Slider } from 'radix-ui';
import { Avatar } from '../../components/Avatar.tsx';
import { LevelBars } from '../../components/LevelBars.tsx';
import type { Microphone } from '../../lib/audio/Microphone.ts';
import { cx } from '../../lib/cx.ts';
import { levelShare } from '../../lib/format.ts';
import { PersonActions } from '../moderation/PersonActions.tsx';
import { HoldsFloor } from '../conversation/HoldsFloor.tsx';
import type { LevelBoard } from './LevelBoard.ts';
import { MyMicrophone } from './MyMicrophone.tsx';
import { useLevel } from './useLevel.ts';

interface Props {
  levels: LevelBoard;
  person: ParticipantView;
  isMe: boolean;
  muted: boolean;
  /** Whether the room gets any sound from this device. */
  hasVoice: boolean;
  small: boolean;
  /** This device's own: offered at one's own seat. */
  microphone: Microphone;
  volume: number;
  onVolume: (volume: number) => void;
}

/** One person: a face, a name, and green bars that move with the voice. */
export function SeatView(props: Props) {
  const { levels, person, isMe, muted, hasVoice, small, microphone } = props;
  const level = useLevel(levels, person.id);
  const share = muted ? 0 : levelShare(level);
  const listens = person.role === 'listener' || !hasVoice;
  const words = [
    person.name,
    isMe && 'you',
    muted && (person.silenced ? 'muted by the owner' : 'muted'),
    listens && 'listening',
    person.away && !isMe && 'away',
  ]
    .filter(Boolean)
    .join(', ');
  const face = (
    <>
      <span className="relative">
        <Avatar
          id={person.id}
          name={person.name}
          style={{ boxShadow: `0 0 0 ${share > 0.12 ? 1.5 + share * 3.5 : 0}px var(--voice)` }}
          className={cx(
            'transition-shadow duration-100',
            small ? 'size-11 text-sm' : 'size-12 text-sm lg:size-16 lg:text-lg',
            muted && 'opacity-70',
            person.away && !isMe && 'opacity-40 grayscale',
          )}
        />
        <HoldsFloor id={person.id} />
        {(muted || listens) && (
          <span className="absolute -right-1 -bottom-1 flex size-6 items-center justify-center rounded-full border-2 border-canvas bg-ink text-on-ink">
            {muted ? <MicOff aria-hidden className="size-3" /> : <Ear aria-hidden className="size-3" />}
          </span>
        )}
      </span>
      <LevelBars level={muted ? -127 : level} tone="voice" className="mt-1 h-5 w-10 gap-[3px]" />
      <span className="flex max-w-full flex-wrap items-baseline justify-center gap-x-1 text-[0.8125rem] leading-tight lg:text-sm">
        <span className="max-w-full truncate font-medium">{person.name}</span>
        {isMe && <span className="shrink-0 text-ink-faint">you</span>}
        {!isMe && person.away && <span className="breathe shrink-0 text-ink-faint">away</span>}
      </span>
    </>
  );
  const box = cx('flex flex-col items-center gap-1 rounded-2xl p-1.5', small ? 'w-20' : 'w-20 lg:w-28');
  return (
    <div
      data-testid="participant-row"
      data-participant-id={person.id}
      data-level={level}
      data-muted={muted}
      data-me={isMe}
      data-away={person.away}
    >
      <Popover.Root>
        <Popover.Trigger
          className={cx(box, 'transition-colors hover:bg-raised/60')}
          aria-label={`${words}. ${isMe ? 'Microphone' : 'Volume'}`}
        >
          {face}
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            sideOffset={6}
            collisionPadding={12}
            className="rise z-30 w-64 rounded-2xl border border-line bg-raised p-4 shadow-float outline-none"
          >
            {isMe ? <MyMicrophone microphone={microphone} /> : <VoiceVolume {...props} />}
            {!isMe && <PersonActions person={person} />}
            <Popover.Arrow className="fill-line" />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
    </div>
  );
}

function VoiceVolume({ person, volume, onVolume }: Props) {
  return (
    <>
      <p className="text-sm font-semibold">{person.name}</p>
      <p className="mb-3 text-sm text-ink-faint">How loud you hear this voice</p>
      <Slider.Root
        value={[Math.round(volume * 100)]}
        max={100}
        step={5}
        onValueChange={([value]) => onVolume((value ?? 100) / 100)}
        className="relative flex h-6 touch-none items-center"
      >
        <Slider.Track className="relative h-1.5 flex-1 rounded-full bg-line">
          <Slider.Range className="absolute h-full rounded-full bg-voice" />
        </Slider.Track>
        <Slider.Thumb
          aria-label={`Volume of ${person.name}`}
          className="block size-6 rounded-full border-2 border-voice bg-raised"
        />
      </Slider.Root>
    </>
  );
}
