'use client';
import { Mic } from 'lucide-react';
import { Banner } from '../../components/Banner.tsx';
import { Button } from '../../components/Button.tsx';
import { LevelMeter } from '../../components/LevelMeter.tsx';
import { MicrophoneSelect } from '../../components/MicrophoneSelect.tsx';
import type { Microphone } from '../../lib/audio/Microphone.ts';
import { MICROPHONE_WORDS } from '../../lib/audio/microphoneWords.ts';
import { loadMicrophone, saveMicrophone } from '../../lib/storage.ts';
import { useStore } from '../../lib/useStore.ts';

interface Props {
  microphone: Microphone;
  onWithout: () => void;
}

/** From the first question to a bar that moves when one speaks. */
export function MicrophoneSetup({ microphone, onWithout }: Props) {
  const state = useStore(microphone.state);
  const choices = useStore(microphone.choices);
  const open = () => void microphone.open(loadMicrophone());
  switch (state.at) {
    case 'off':
    case 'asking':
      return (
        <div className="flex flex-wrap items-center justify-between gap-3 rounded-2xl bg-sunk px-4 py-3.5">
          <p className="min-w-0 flex-[1_1_12rem] text-sm text-ink-soft" role="status">
            {state.at === 'asking'
              ? 'Your browser asks whether Parley may use the microphone. Choose “Allow”.'
              : 'See that your microphone hears you before you go in.'}
          </p>
          <Button size="sm" onClick={open} disabled={state.at === 'asking'} data-testid="microphone-on">
            <Mic aria-hidden className="size-4" />
            {state.at === 'asking' ? 'Waiting…' : 'Try the microphone'}
          </Button>
        </div>
      );
    case 'on':
      return (
        <div className="flex flex-col gap-3">
          <MicrophoneSelect
            choices={choices}
            current={state.deviceId}
            label={state.label}
            onChoose={(deviceId) => {
              saveMicrophone(deviceId);
              void microphone.open(deviceId);
            }}
          />
          <LevelMeter track={state.track} label="Level of your microphone" />
          <p className="text-sm text-ink-faint" role="status">
            {state.silenced
              ? 'The system keeps this microphone silent: look for a switch on the headset or a running phone call.'
              : 'Say something: the bar moves when you are heard.'}
          </p>
        </div>
      );
    default: {
      const words = MICROPHONE_WORDS[state.why];
      return (
        <div role="alert" data-testid="microphone-failure" data-why={state.why}>
          <Banner tone={state.why === 'insecure' ? 'warning' : 'error'} title={words.title} text={words.text}>
            {words.retry && (
              <Button size="sm" onClick={open}>
                Try again
              </Button>
            )}
            <Button size="sm" onClick={onWithout} data-testid="join-without">
              Go in without it
            </Button>
          </Banner>
        </div>
      );
    }
  }
}
