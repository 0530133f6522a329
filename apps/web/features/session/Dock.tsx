'use client';
import { Ear, LogOut, Mic, MicOff, OctagonX, UserPlus, type LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import type { MicrophoneState } from '../../lib/audio/Microphone.ts';
import { cx } from '../../lib/cx.ts';

interface Props {
  microphone: MicrophoneState;
  muted: boolean;
  listenOnly: boolean;
  /** The owner has muted this device. */
  silenced: boolean;
  isOwner: boolean;
  /** The talk button, where there is one. */
  talk: ReactNode;
  onMute: () => void;
  onOpenMicrophone: () => void;
  onSpeak: () => void;
  onInvite: () => void;
  onLeave: () => void;
  onEnd: () => void;
}

/** The controls, in reach of a thumb. */
export function Dock(props: Props) {
  return (
    <nav
      aria-label="Controls"
      className="flex flex-wrap items-stretch justify-center gap-1.5 border-t border-line bg-surface px-3 pt-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] [grid-area:dock] sm:gap-2 lg:mx-auto lg:mb-5 lg:rounded-full lg:border lg:px-2.5 lg:py-2 lg:shadow-card"
    >
      {props.talk}
      <VoiceButton {...props} />
      <DockButton icon={UserPlus} label="Invite" onClick={props.onInvite} data-testid="invite-button" />
      <DockButton icon={LogOut} label="Leave" onClick={props.onLeave} data-testid="leave-button" />
      {props.isOwner && (
        <DockButton
          icon={OctagonX}
          label="End"
          title="End the session for everybody"
          onClick={props.onEnd}
          tone="danger"
          data-testid="end-button"
        />
      )}
    </nav>
  );
}

function VoiceButton({ microphone, muted, listenOnly, silenced, onMute, onOpenMicrophone, onSpeak }: Props) {
  if (listenOnly)
    return (
      <DockButton
        icon={Ear}
        label="Listening"
        title="You only listen. Press to speak too"
        onClick={onSpeak}
        tone="wide"
      />
    );
  if (microphone.at !== 'on')
    return (
      <DockButton
        icon={MicOff}
        label={microphone.at === 'asking' ? 'Asking…' : 'No mic'}
        title="Turn the microphone on"
        onClick={onOpenMicrophone}
        disabled={microphone.at === 'asking'}
        tone="wide"
      />
    );
  if (silenced)
    return (
      <DockButton
        icon={MicOff}
        label="Muted"
        title="The owner has muted you"
        data-muted
        disabled
        tone="muted"
        data-testid="mute-button"
      />
    );
  return (
    <DockButton
      icon={muted ? MicOff : Mic}
      label={muted ? 'Unmute' : 'Mute'}
      title={`${muted ? 'Unmute' : 'Mute'} (M)`}
      aria-keyshortcuts="m"
      data-muted={muted}
      onClick={onMute}
      tone={muted ? 'muted' : 'speaking'}
      data-testid="mute-button"
    />
  );
}

type Tone = 'plain' | 'danger' | 'wide' | 'speaking' | 'muted';

const TONES: Record<Tone, string> = {
  plain: 'text-ink-soft hover:bg-sunk hover:text-ink',
  danger: 'text-danger hover:bg-danger-soft',
  wide: 'min-w-20 sm:min-w-28 bg-sunk text-ink hover:bg-line',
  speaking: 'min-w-20 sm:min-w-28 bg-voice-soft text-ink hover:brightness-95',
  muted: 'min-w-20 sm:min-w-28 bg-ink text-on-ink hover:bg-ink/88',
};

interface ButtonProps extends ComponentProps<'button'> {
  icon: LucideIcon;
  label: string;
  tone?: Tone;
}

function DockButton({ icon: Icon, label, tone = 'plain', title, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      title={title}
      className={cx(
        'flex h-14 min-w-16 flex-1 flex-col items-center justify-center gap-0.5 rounded-2xl text-xs font-semibold transition-colors select-none',
        'disabled:opacity-60 sm:flex-none lg:h-12 lg:flex-row lg:gap-2 lg:rounded-full lg:px-5 lg:text-sm',
        TONES[tone],
        className,
      )}
      {...rest}
    >
      <Icon aria-hidden className="size-5" />
      {label}
    </button>
  );
}
