import type { MicrophoneChoice } from '../lib/audio/Microphone.ts';
import { Field, Select } from './Field.tsx';

interface Props {
  choices: MicrophoneChoice[];
  current: string;
  /** Shown where the browser lists no devices. */
  label: string;
  onChoose: (deviceId: string) => void;
}

export function MicrophoneSelect({ choices, current, label, onChoose }: Props) {
  const listed = choices.some((choice) => choice.deviceId === current);
  return (
    <Field label="Microphone">
      {(ids) => (
        <Select
          {...ids}
          value={current}
          onChange={(event) => onChoose(event.target.value)}
          data-testid="microphone"
        >
          {!listed && <option value={current}>{label}</option>}
          {choices.map((choice) => (
            <option key={choice.deviceId} value={choice.deviceId}>
              {choice.label}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
