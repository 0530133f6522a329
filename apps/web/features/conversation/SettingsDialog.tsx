'use client';
import type { ConversationChange, ConversationSettings } from '@parley/contract';
import { useState, type FormEvent } from 'react';
import { Banner } from '../../components/Banner.tsx';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Field, Input } from '../../components/Field.tsx';
import { Switch } from '../../components/Switch.tsx';
import { describeProblem, type Problem } from '../../lib/problem.ts';
import { ModeChoice } from './ModeChoice.tsx';
import { formOf, readForm, type FormErrors, type SettingsForm } from './settingsForm.ts';
import { ToolPolicyFields } from './ToolPolicyFields.tsx';
import { TurnEnd } from './TurnEnd.tsx';

/** Where the dialog opens. */
export type SettingsPart = 'mode' | 'limit';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  part: SettingsPart;
  settings: ConversationSettings;
  agentName: string;
  /** Rejects with what the hub says. */
  onChange: (change: ConversationChange) => Promise<unknown>;
}

/** The owner's live settings of the conversation. They take effect at once, for everybody. */
export function SettingsDialog({ open, onOpenChange, agentName, ...rest }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`How ${agentName} takes part`}
      description="Changes take effect at once, for everybody."
    >
      <SettingsFields {...rest} agentName={agentName} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

interface FieldsProps extends Pick<Props, 'part' | 'settings' | 'agentName' | 'onChange'> {
  onDone: () => void;
}

/** Lives as long as the dialog is open, and starts from the settings of that moment. */
function SettingsFields({ part, settings, agentName, onChange, onDone }: FieldsProps) {
  const [before] = useState(settings);
  const [form, setForm] = useState<SettingsForm>(() => formOf(settings));
  const [errors, setErrors] = useState<FormErrors>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const patch = (change: Partial<SettingsForm>) => setForm((known) => ({ ...known, ...change }));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const reading = readForm(form, before);
    setErrors(reading.ok ? {} : reading.errors);
    setProblem(null);
    if (!reading.ok) return;
    if (Object.keys(reading.change).length === 0) return onDone();
    setBusy(true);
    try {
      await onChange(reading.change);
      onDone();
    } catch (error) {
      setProblem(describeProblem(error));
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => void submit(event)}
      className="flex flex-col gap-6"
      data-testid="settings-form"
      noValidate
    >
      <ModeChoice answer={form.answer} onAnswer={(answer) => patch({ answer })} />
      {(form.answer === 'addressed' || errors.names !== undefined) && (
        <Field
          label="Further names"
          hint={`It always listens to “${agentName}”. Separate names with commas.`}
          error={errors.names}
        >
          {(ids) => (
            <Input
              {...ids}
              value={form.names}
              placeholder="Computer, Assistant"
              autoComplete="off"
              onChange={(event) => patch({ names: event.target.value })}
              data-testid="wake-names"
            />
          )}
        </Field>
      )}
      {form.answer !== 'push-to-talk' && <TurnEnd form={form} onChange={patch} />}
      {form.answer !== 'scribe' && (
        <Switch
          label="May be interrupted"
          hint="It falls silent when somebody speaks over it."
          checked={form.bargeIn}
          onChange={(bargeIn) => patch({ bargeIn })}
          testId="barge-in"
        />
      )}
      <ToolPolicyFields tools={form.tools} onChange={(tools) => patch({ tools })} />
      <Field
        label="Cost limit in US dollars"
        hint="The assistant pauses when the session has cost so much; the people go on. Empty: no limit."
        error={errors.limit}
      >
        {(ids) => (
          <Input
            {...ids}
            value={form.limit}
            inputMode="decimal"
            placeholder="No limit"
            autoComplete="off"
            autoFocus={part === 'limit'}
            onChange={(event) => patch({ limit: event.target.value })}
            data-testid="cost-limit"
          />
        )}
      </Field>
      {problem !== null && <Banner tone="error" title={`${problem.title}.`} text={problem.text} />}
      <Button type="submit" variant="primary" size="lg" disabled={busy} data-testid="save-settings">
        {busy ? 'One moment…' : 'Apply'}
      </Button>
    </form>
  );
}
