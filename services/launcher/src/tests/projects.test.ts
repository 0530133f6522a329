import { expect, test } from 'vitest';
import { runsProject, withoutBenches } from './projects.ts';

test.each([
  [[], true],
  [['services/hub'], true],
  [['--project', 'unit'], false],
  [['--project=unit', '--project', 'e2e'], true],
  [['--project=e*'], true],
  [['--project=!e2e'], false],
  [['--project=!unit'], true],
  [['--project'], false],
])('%j runs the project e2e: %s', (args, runs) => {
  expect(runsProject(args, 'e2e')).toBe(runs);
});

test('benches run only when projects are named', () => {
  expect(withoutBenches(['tests/load'])).toEqual(['--project=!bench', 'tests/load']);
  expect(withoutBenches(['--project', 'bench'])).toEqual(['--project', 'bench']);
  expect(withoutBenches(['--project=bench'])).toEqual(['--project=bench']);
});
