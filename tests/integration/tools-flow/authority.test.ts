import type { Asker, CallCause, ToolPolicies } from '@parley/contract';
import { DEFAULT_TOOL_POLICIES } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubApi } from '../../support/HubApi.ts';
import { asker, ModelCalls, spoken, typed } from '../../support/ModelCalls.ts';
import { report } from '../../support/report.ts';
import { startStack, type Stack } from '../../support/stack/startStack.ts';
import { until } from '../../support/until.ts';

let stack: Stack;
let hub: HubApi;
let model: ModelCalls;

beforeAll(async () => {
  stack = await startStack({ tools: { scripted: 1 }, toolsEnv: { JOBS_PER_MINUTE: '100' } });
  hub = new HubApi(stack.url);
  model = await ModelCalls.open(stack.stores.redisUrl);
});
afterAll(async () => {
  await model.close();
  await stack.close();
});

const [anna, ben, lea] = [asker('Anna', 'owner'), asker('Ben', 'speaker'), asker('Lea', 'listener')];
const part = (who: Asker, share: number): Asker => ({ ...who, share });
const nobody: CallCause = { askers: [], overlap: 0, by: 'nobody', words: '' };
const both = (...askers: Asker[]): CallCause => ({
  askers,
  overlap: 0,
  by: 'both',
  words: 'Do it. And that.',
});
const off: ToolPolicies = {
  ...DEFAULT_TOOL_POLICIES,
  code: { enabled: false, use: ['owner'], approve: ['owner'] },
};
const noApprovers: ToolPolicies = {
  ...DEFAULT_TOOL_POLICIES,
  code: { enabled: true, use: ['owner'], approve: [] },
};

/** A team for owners and speakers, code for owners; owners allow both. */
const CALLS: readonly [
  what: string,
  kind: 'nested_team' | 'code',
  cause: CallCause,
  decision: 'allowed' | 'asked' | 'refused',
  reason: string,
  policies?: ToolPolicies,
][] = [
  ['owner speaks', 'code', spoken([anna]), 'allowed', 'Anna is an owner'],
  ['speaker speaks', 'nested_team', spoken([ben]), 'allowed', 'Ben is a speaker'],
  ['speaker speaks', 'code', spoken([ben]), 'asked', 'Ben is a speaker, and may not ask for this'],
  ['listener speaks', 'nested_team', spoken([lea]), 'asked', 'Lea is a listener, and may not ask for this'],
  ['owner types', 'code', typed(anna), 'allowed', 'Anna is an owner'],
  ['speaker types', 'nested_team', typed(ben), 'allowed', 'Ben is a speaker'],
  ['speaker types', 'code', typed(ben), 'asked', 'Ben is a speaker, and may not ask for this'],
  ['listener types', 'nested_team', typed(lea), 'asked', 'Lea is a listener, and may not ask for this'],
  [
    'owner above a murmur',
    'code',
    spoken([part(anna, 0.8), part(ben, 0.2)], 0.2),
    'allowed',
    'Mostly one voice (80 %): Anna is an owner',
  ],
  [
    'owner at the very limit',
    'code',
    spoken([part(anna, 0.75), part(ben, 0.25)], 0.25),
    'allowed',
    'Mostly one voice (75 %): Anna is an owner',
  ],
  [
    'just not clear',
    'code',
    spoken([part(anna, 0.74), part(ben, 0.26)], 0.1),
    'asked',
    'Anna and Ben took part in it: Ben is a speaker, and may not ask for this',
  ],
  [
    'owner, much at once',
    'code',
    spoken([part(anna, 0.8), part(ben, 0.2)], 0.3),
    'asked',
    'Anna and Ben spoke at once: Ben is a speaker, and may not ask for this',
  ],
  [
    'speaker above the owner',
    'code',
    spoken([part(ben, 0.9), part(anna, 0.1)], 0.05),
    'asked',
    'Mostly one voice (90 %): Ben is a speaker, and may not ask for this',
  ],
  [
    'owner and speaker at once',
    'nested_team',
    spoken([part(anna, 0.5), part(ben, 0.5)], 0.9),
    'allowed',
    'Anna and Ben spoke at once: Anna is an owner and Ben is a speaker',
  ],
  [
    'speaker and listener at once',
    'nested_team',
    spoken([part(ben, 0.5), part(lea, 0.5)], 0.9),
    'asked',
    'Ben and Lea spoke at once: Lea is a listener, and may not ask for this',
  ],
  [
    'owner with somebody unknown',
    'code',
    spoken([anna], 0.6),
    'asked',
    'Anna spoke, but somebody unknown spoke at the same time',
  ],
  [
    'owner speaks, listener types',
    'nested_team',
    both(anna, lea),
    'asked',
    'Anna and Lea took part in it: Lea is a listener, and may not ask for this',
  ],
  [
    'owner speaks, speaker types',
    'nested_team',
    both(anna, ben),
    'allowed',
    'Anna and Ben took part in it: Anna is an owner and Ben is a speaker',
  ],
  ['nobody', 'nested_team', nobody, 'asked', 'Nobody is known to have asked for this'],
  ['switched off', 'code', typed(anna), 'refused', 'This tool is switched off in this session', off],
  [
    'nobody could allow it',
    'code',
    typed(ben),
    'refused',
    'Ben is a speaker, and may not ask for this. Nobody may allow it here',
    noApprovers,
  ],
];

test('T6 20 calls in a room of owner, speaker and listener: each with its decision and its fact', async () => {
  const { id } = (await hub.createSession()).session;
  for (const [index, [what, kind, cause, decision, reason, policies]] of CALLS.entries()) {
    const callId = `call-${index}`;
    const output = await model.call(
      id,
      kind,
      { task: 'done' },
      { cause, callId, ...(policies ? { policies } : {}) },
    );
    const facts = await until('its facts', async () => {
      const events = await hub.events(id);
      const decided = events.find((event) => event.type === 'tool:decided' && event.data.callId === callId);
      return decided?.type === 'tool:decided' && { decided, events };
    });
    const { data } = facts.decided;
    report(`authority ${index + 1}`, {
      what,
      kind,
      by: cause.by,
      decision: data.decision,
      reason: data.reason,
    });
    expect(data).toMatchObject({ tool: kind, decision, reason, cause });
    expect(data.job === null).toBe(decision === 'refused');
    expect(output.state ?? 'refused').toBe(
      { allowed: 'started', asked: 'waits to be allowed', refused: 'refused' }[decision],
    );
    const requests = facts.events.filter(
      (event) => event.type === 'approval:requested' && event.data.number === data.job?.number,
    );
    expect(requests.map((event) => event.data)).toMatchObject(
      decision === 'asked' ? [{ roles: ['owner'], why: reason }] : [],
    );
  }
});
