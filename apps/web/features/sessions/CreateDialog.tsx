'use client';
import { DEFAULT_AGENT_NAME, DEFAULT_VOICE, VOICES, Voice, type CreateSession } from '@parley/contract';
import { useState, type FormEvent } from 'react';
import { Banner } from '../../components/Banner.tsx';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Field, Input, Select, TextArea } from '../../components/Field.tsx';
import type { Problem } from '../../lib/problem.ts';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  busy: boolean;
  problem: Problem | null;
  onCreate: (settings: CreateSession) => void;
}

/** Empty fields are left out: the server has its own defaults for them. */
export function CreateDialog({ open, onOpenChange, busy, problem, onCreate }: Props) {
  const [title, setTitle] = useState('');
  const [agentName, setAgentName] = useState('');
  const [voice, setVoice] = useState<Voice>(DEFAULT_VOICE);
  const [systemPrompt, setSystemPrompt] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCreate({
      voice,
      ...(title.trim() === '' ? {} : { title: title.trim() }),
      ...(agentName.trim() === '' ? {} : { agentName: agentName.trim() }),
      ...(systemPrompt.trim() === '' ? {} : { systemPrompt: systemPrompt.trim() }),
    });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="A session to your taste"
      description="Everything here may stay as it is."
    >
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field label="Title">
          {(ids) => (
            <Input
              {...ids}
              value={title}
              maxLength={120}
              placeholder="Sunday planning"
              onChange={(event) => setTitle(event.target.value)}
            />
          )}
        </Field>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Assistant’s name">
            {(ids) => (
              <Input
                {...ids}
                value={agentName}
                maxLength={60}
                placeholder={DEFAULT_AGENT_NAME}
                onChange={(event) => setAgentName(event.target.value)}
              />
            )}
          </Field>
          <Field label="Voice">
            {(ids) => (
              <Select {...ids} value={voice} onChange={(event) => setVoice(Voice.parse(event.target.value))}>
                {VOICES.map((name) => (
                  <option key={name} value={name}>
                    {name[0]?.toUpperCase()}
                    {name.slice(1)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        <Field label="Instructions" hint="What it should know about you, and how it should talk.">
          {(ids) => (
            <TextArea
              {...ids}
              value={systemPrompt}
              maxLength={8_000}
              rows={4}
              placeholder="Be brief. We are planning a garden together."
              onChange={(event) => setSystemPrompt(event.target.value)}
            />
          )}
        </Field>
        {problem !== null && <Banner tone="error" title={problem.title} text={problem.text} />}
        <Button type="submit" variant="primary" size="lg" disabled={busy} data-testid="create-custom">
          {busy ? 'Setting the table…' : 'Start the session'}
        </Button>
      </form>
    </Dialog>
  );
}
