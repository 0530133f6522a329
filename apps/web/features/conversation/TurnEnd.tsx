'use client';
import type { TurnDetection } from '@parley/contract';
import { Slider } from 'radix-ui';
import { Choice, Choices } from '../../components/Choices.tsx';
import { Field, Select } from '../../components/Field.tsx';
import { seconds } from '../../lib/format.ts';
import { SILENCE_MS, type SettingsForm } from './settingsForm.ts';

const EAGERNESS: Record<SettingsForm['eagerness'], string> = {
  auto: 'As it sees fit',
  low: 'Patient: lets people think',
  medium: 'Balanced',
  high: 'Quick: answers as soon as it can',
};

const WAYS: Record<TurnDetection['type'], { title: string; hint: string }> = {
  server: { title: 'By silence', hint: 'Somebody is done after a pause.' },
  semantic: { title: 'By meaning', hint: 'Somebody is done when the thought is.' },
  none: { title: 'By hand', hint: 'A turn is what is said while the talk button is held.' },
};

interface Props {
  form: SettingsForm;
  onChange: (change: Partial<SettingsForm>) => void;
}

/** How it is known that somebody is done speaking. */
export function TurnEnd({ form, onChange }: Props) {
  return (
    <div className="flex flex-col gap-4">
      <Choices legend="How it knows that somebody is done">
        {(['server', 'semantic', 'none'] as const).map((type) => (
          <Choice
            key={type}
            name="detection"
            {...WAYS[type]}
            checked={form.detection === type}
            onChoose={() => onChange({ detection: type })}
            testId={`detection-${type}`}
          />
        ))}
      </Choices>
      {form.detection === 'server' && (
        <Pause ms={form.silenceMs} onChange={(silenceMs) => onChange({ silenceMs })} />
      )}
      {form.detection === 'semantic' && (
        <Field label="How soon">
          {(ids) => (
            <Select
              {...ids}
              value={form.eagerness}
              onChange={(event) => onChange({ eagerness: event.target.value as SettingsForm['eagerness'] })}
              data-testid="eagerness"
            >
              {(Object.keys(EAGERNESS) as SettingsForm['eagerness'][]).map((value) => (
                <option key={value} value={value}>
                  {EAGERNESS[value]}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
    </div>
  );
}

function Pause({ ms, onChange }: { ms: number; onChange: (ms: number) => void }) {
  return (
    <div>
      <p className="mb-1 flex justify-between text-sm">
        <span className="font-semibold">Pause</span>
        <span className="text-ink-soft tabular-nums">{seconds(ms)}</span>
      </p>
      <Slider.Root
        value={[ms]}
        {...SILENCE_MS}
        onValueChange={([value]) => onChange(value ?? ms)}
        className="relative flex h-8 touch-none items-center"
      >
        <Slider.Track className="relative h-1.5 flex-1 rounded-full bg-line">
          <Slider.Range className="absolute h-full rounded-full bg-accent" />
        </Slider.Track>
        <Slider.Thumb
          aria-label="Pause after which somebody is done, in milliseconds"
          aria-valuetext={seconds(ms)}
          data-testid="silence"
          className="block size-6 rounded-full border-2 border-accent bg-raised"
        />
      </Slider.Root>
      <p className="text-sm text-ink-faint">Short answers sooner, long lets people think.</p>
    </div>
  );
}
