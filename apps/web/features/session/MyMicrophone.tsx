'use client';
import { MicrophoneSelect } from '../../components/MicrophoneSelect.tsx';
import type { Microphone } from '../../lib/audio/Microphone.ts';
import { saveMicrophone } from '../../lib/storage.ts';
import { useStore } from '../../lib/useStore.ts';

/** Changes the microphone in the middle of a sentence; the room goes on hearing this participant. */
export function MyMicrophone({ microphone }: { microphone: Microphone }) {
  const state = useStore(microphone.state);
  const choices = useStore(microphone.choices);
  if (state.at !== 'on')
    return <p className="text-sm text-ink-soft">No microphone is in use on this device.</p>;
  return (
    <MicrophoneSelect
      choices={choices}
      current={state.deviceId}
      label={state.label}
      onChoose={(deviceId) => {
        saveMicrophone(deviceId);
        void microphone.open(deviceId);
      }}
    />
  );
}
