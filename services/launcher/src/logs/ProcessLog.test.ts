import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Entry } from './entry.ts';
import { ProcessLog } from './ProcessLog.ts';

let dir: string;
let shown: [string, Entry][];
const opened: ProcessLog[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parley-logs-'));
  shown = [];
});
afterEach(() => {
  for (const log of opened.splice(0)) log.close();
  rmSync(dir, { recursive: true });
});

function open(maxBytes?: number): ProcessLog {
  const log = new ProcessLog({
    name: 'hub',
    dir,
    onEntry: (name, entry) => shown.push([name, entry]),
    ...(maxBytes ? { maxBytes } : {}),
  });
  opened.push(log);
  return log;
}

const lines = (file: string) =>
  readFileSync(join(dir, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);

test('a line of pino goes on as it is', () => {
  const entry = { level: 30, time: '2026-11-20T18:00:00.000Z', service: 'hub', msg: 'hub ready', port: 3000 };
  open().write(JSON.stringify(entry));
  expect(lines('hub.log')).toEqual([entry]);
  expect(shown).toEqual([['hub', entry]]);
});

test.each([
  ['text', 'Next is ready', 'stdout', 30],
  ['text of the error output', 'Error: broken', 'stderr', 40],
  ['JSON of another shape', '{"level":"high"}', 'stdout', 30],
  ['what only begins like JSON', '{oops', 'stdout', 30],
] as const)('%s becomes an entry', (_what, line, output, level) => {
  open().write(line, output);
  expect(lines('hub.log')).toEqual([{ level, time: expect.any(String), msg: line }]);
});

test('colours and empty lines stay out', () => {
  const log = open();
  log.write('\u001B[32m✓\u001B[39m Ready');
  log.write('   ');
  expect(lines('hub.log').map(({ msg }) => msg)).toEqual(['✓ Ready']);
});

test('the tail keeps the reason, not the frames of the stack', () => {
  const log = open();
  log.write('{"level":60,"time":1,"msg":"start failed","err":{"message":"Redis is away"}}');
  for (let index = 0; index < 20; index++) log.write(`    at f${index} (file.ts:1:1)`, 'stderr');
  expect(log.tail).toEqual(['start failed: Redis is away']);
});

test('each run has its own file, five old ones are kept', () => {
  for (let run = 0; run < 7; run++) {
    const log = open();
    log.write(`run ${run}`);
    log.close();
  }
  expect(lines('hub.log')[0]?.msg).toBe('run 6');
  expect(lines('hub.1.log')[0]?.msg).toBe('run 5');
  expect(lines('hub.5.log')[0]?.msg).toBe('run 1');
  expect(existsSync(join(dir, 'hub.6.log'))).toBe(false);
});

test('a file that grows too long makes way for a new one', () => {
  const log = open(200);
  for (let index = 0; index < 4; index++) log.write('x'.repeat(60));
  expect(existsSync(join(dir, 'hub.1.log'))).toBe(true);
  expect(readFileSync(join(dir, 'hub.log')).length).toBeLessThanOrEqual(200);
});

test('a line after the close is dropped', () => {
  const log = open();
  log.close();
  log.write('late');
  expect(readFileSync(log.path, 'utf8')).toBe('');
});
