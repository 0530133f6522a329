import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readTeam } from './TeamFile.ts';

async function team(text: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'parley-team-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, 'team.json'), text);
  return join(dir, 'team.json');
}
const agent = { description: 'd', instructions: 'i' };

it('R11 the team that comes with Parley is a good one', async () => {
  expect(Object.keys((await readTeam()).agents)).toContain('coordinator');
});

it.each([
  ['no JSON', '{', 'cannot be read'],
  ['no agents', '{}', 'agents'],
  ['an unknown field', JSON.stringify({ coordinator: 'a', agents: { a: agent }, colour: 1 }), 'colour'],
  ['a coordinator who is not there', JSON.stringify({ coordinator: 'b', agents: { a: agent } }), 'names b'],
  [
    'a hand-off to nobody',
    JSON.stringify({ coordinator: 'a', agents: { a: { ...agent, handoffs: ['z'] } } }),
    'agents.a.handoffs: names z',
  ],
  ['a name that is none', JSON.stringify({ coordinator: 'A b', agents: { 'A b': agent } }), 'lower-case'],
])('R11 %s is refused in words', async (_name, text, words) => {
  await expect(readTeam(await team(text))).rejects.toThrow(words);
});
