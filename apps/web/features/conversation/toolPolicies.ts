import { type JobKind, type Role, ROLES, type ToolPolicies, type ToolPolicy } from '@parley/contract';

/** What a person with a role may be given: `use` needs words of one's own, which listeners do not have. */
export const GRANTS = [
  { grant: 'use', words: 'May have it done', roles: ROLES.filter((role) => role !== 'listener') },
  { grant: 'approve', words: 'May allow it for others, stop and steer it', roles: ROLES },
] as const satisfies { grant: keyof ToolPolicy; words: string; roles: readonly Role[] }[];
export type Grant = (typeof GRANTS)[number]['grant'];

/** The policies with one right given or taken. Roles keep their order, so that the same rights look the same. */
export function withGrant(
  tools: ToolPolicies,
  kind: JobKind,
  grant: Grant,
  role: Role,
  on: boolean,
): ToolPolicies {
  const granted = ROLES.filter((each) => (each === role ? on : tools[kind][grant].includes(each)));
  return { ...tools, [kind]: { ...tools[kind], [grant]: granted } };
}

export const withEnabled = (tools: ToolPolicies, kind: JobKind, enabled: boolean): ToolPolicies => ({
  ...tools,
  [kind]: { ...tools[kind], enabled },
});

/** What follows from a policy and may surprise. */
export function policyNote({ enabled, use, approve }: ToolPolicy): string | undefined {
  if (!enabled) return undefined;
  if (approve.length > 0) return use.length === 0 ? 'Each time somebody has to allow it first.' : undefined;
  return use.length === 0
    ? 'Nobody may have it done, and nobody may allow it.'
    : 'Whoever may not have it done cannot be allowed to either.';
}
