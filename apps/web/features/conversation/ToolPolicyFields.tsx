'use client';
import { JOB_KINDS, type JobKind, type Role, type ToolPolicies } from '@parley/contract';
import { Switch } from '../../components/Switch.tsx';
import { KIND_WORDS } from '../jobs/jobWords.ts';
import { type Grant, GRANTS, policyNote, withEnabled, withGrant } from './toolPolicies.ts';

interface Props {
  tools: ToolPolicies;
  onChange: (tools: ToolPolicies) => void;
}

const ROLE_WORDS: Record<Role, string> = { owner: 'Owner', speaker: 'Speakers', listener: 'Listeners' };

/** What the assistant may have done for the room, and on whose word. */
export function ToolPolicyFields({ tools, onChange }: Props) {
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="mb-3 text-sm font-semibold">What it may have done</legend>
      {JOB_KINDS.map((kind) => (
        <div key={kind} className="rounded-xl border border-line px-3.5 py-3" data-testid={`policy-${kind}`}>
          <Switch
            label={KIND_WORDS[kind].title}
            hint={KIND_WORDS[kind].hint}
            checked={tools[kind].enabled}
            onChange={(enabled) => onChange(withEnabled(tools, kind, enabled))}
            testId={`tool-${kind}`}
          />
          {tools[kind].enabled && (
            <Grants
              kind={kind}
              tools={tools}
              onGrant={(grant, role, on) => onChange(withGrant(tools, kind, grant, role, on))}
            />
          )}
        </div>
      ))}
    </fieldset>
  );
}

interface GrantsProps {
  kind: JobKind;
  tools: ToolPolicies;
  onGrant: (grant: Grant, role: Role, on: boolean) => void;
}

function Grants({ kind, tools, onGrant }: GrantsProps) {
  const note = policyNote(tools[kind]);
  return (
    <div className="mt-3 flex flex-col gap-2.5 border-t border-line pt-3">
      {GRANTS.map(({ grant, words, roles }) => (
        <div key={grant} role="group" aria-label={`${KIND_WORDS[kind].title}: ${words}`}>
          <p className="text-sm text-ink-soft">{words}</p>
          <div className="mt-1 flex flex-wrap gap-x-4 gap-y-1">
            {roles.map((role) => (
              <label key={role} className="flex min-h-8 cursor-pointer items-center gap-2 text-sm">
                <input
                  type="checkbox"
                  checked={tools[kind][grant].includes(role)}
                  onChange={(event) => onGrant(grant, role, event.target.checked)}
                  data-testid={`${kind}-${grant}-${role}`}
                  className="size-4 accent-accent"
                />
                {ROLE_WORDS[role]}
              </label>
            ))}
          </div>
        </div>
      ))}
      {note !== undefined && <p className="text-sm text-ink-faint">{note}</p>}
    </div>
  );
}
