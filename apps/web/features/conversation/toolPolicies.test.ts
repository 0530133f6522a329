import { DEFAULT_CONVERSATION, DEFAULT_TOOL_POLICIES } from '@parley/contract';
import { expect, test } from 'vitest';
import { formOf, readForm } from './settingsForm.ts';
import { policyNote, withEnabled, withGrant } from './toolPolicies.ts';

test('a right is given and taken, and the order stays', () => {
  const given = withGrant(DEFAULT_TOOL_POLICIES, 'code', 'use', 'speaker', true);
  expect(given.code.use).toEqual(['owner', 'speaker']);
  expect(withGrant(given, 'code', 'use', 'owner', false).code.use).toEqual(['speaker']);
  expect(withGrant(given, 'code', 'use', 'speaker', false)).toEqual(DEFAULT_TOOL_POLICIES);
  expect(given.nested_team).toEqual(DEFAULT_TOOL_POLICIES.nested_team);
});

test('only a change of the policies is sent', () => {
  const form = formOf(DEFAULT_CONVERSATION);
  expect(readForm(form, DEFAULT_CONVERSATION)).toEqual({ ok: true, change: {} });
  const tools = withEnabled(form.tools, 'code', false);
  expect(readForm({ ...form, tools }, DEFAULT_CONVERSATION)).toEqual({ ok: true, change: { tools } });
});

test('what follows is said', () => {
  const policy = DEFAULT_TOOL_POLICIES.code;
  expect(policyNote(policy)).toBeUndefined();
  expect(policyNote({ ...policy, use: [] })).toMatch(/Each time/);
  expect(policyNote({ ...policy, approve: [] })).toMatch(/cannot be allowed/);
  expect(policyNote({ ...policy, use: [], approve: [] })).toMatch(/nobody may allow/);
  expect(policyNote({ enabled: false, use: [], approve: [] })).toBeUndefined();
});
