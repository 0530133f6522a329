import { expect, test } from 'vitest';
import { HELP, readOptions, UsageError } from './options.ts';

test('nothing means start', () => {
  expect(readOptions([])).toEqual({ command: 'start', help: false, rest: [] });
});

test('start and setup take the options', () => {
  expect(readOptions(['--port', '3100', '--host', '0.0.0.0', '--data', '/d'])).toEqual({
    command: 'start',
    help: false,
    port: 3100,
    host: '0.0.0.0',
    data: '/d',
    rest: [],
  });
  expect(readOptions(['setup', '--help'])).toMatchObject({ command: 'setup', help: true });
});

test('there may be several hubs, mixers and tools', () => {
  const args = ['--hubs', '2', '--mixers', '3', '--tools', '4'];
  expect(readOptions(args)).toMatchObject({ hubs: 2, mixers: 3, tools: 4 });
});

test('everything after test belongs to vitest', () => {
  expect(readOptions(['test', '--project', 'unit', '--help'])).toMatchObject({
    command: 'test',
    help: false,
    rest: ['--project', 'unit', '--help'],
  });
});

test.each([
  [['--prot', '1'], "Unknown option '--prot'"],
  [['begin'], "Unexpected argument 'begin'"],
  [['--port'], "Option '--port <value>' argument missing"],
  [['--port', '0'], '--port 0 is not a port'],
  [['--port', '65536'], '--port 65536 is not a port'],
  [['--hubs', '0'], '--hubs 0 is no number'],
  [['--mixers', 'two'], '--mixers two is no number'],
  [['--port', '3000x'], '--port 3000x is not a port'],
])('refuses %j and lists what there is', (args, why) => {
  expect(() => readOptions(args)).toThrow(UsageError);
  expect(() => readOptions(args)).toThrow(why);
  expect(() => readOptions(args)).toThrow(HELP);
});
