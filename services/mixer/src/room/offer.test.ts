import { DEFAULT_TOOL_POLICIES, TOOL_NAMES } from '@parley/contract';
import { expect, test } from 'vitest';
import { offeredTools } from './offer.ts';

const { nested_team, code } = DEFAULT_TOOL_POLICIES;
const off = (policy: typeof code) => ({ ...policy, enabled: false });
const names = (policies: typeof DEFAULT_TOOL_POLICIES) => offeredTools(policies).map(({ name }) => name);

test('M120 only enabled kinds are offered, and what is about jobs with any of them', () => {
  expect(names(DEFAULT_TOOL_POLICIES)).toEqual(TOOL_NAMES);
  expect(names({ nested_team, code: off(code) })).toEqual([
    'nested_team',
    'job_status',
    'job_cancel',
    'job_steer',
  ]);
  expect(names({ nested_team: off(nested_team), code: off(code) })).toEqual([]);
});

test('M120 a function is described by a schema of its arguments', () => {
  const [team, code] = offeredTools(DEFAULT_TOOL_POLICIES);
  expect(team?.parameters).toMatchObject({
    type: 'object',
    additionalProperties: false,
    required: ['task'],
    properties: {
      task: { type: 'string', maxLength: 8_000, description: expect.stringMatching(/sentences/) as string },
    },
  });
  expect(JSON.stringify(code?.parameters)).not.toMatch(/\$schema|"pattern"/);
});
