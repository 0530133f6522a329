import { defineConfig } from 'vitest/config';

/**
 * Unit tests sit beside their file; what needs several processes, servers or a browser is in `tests/`. One group after
 * the other. Parts mostly wait in real time: two cores carry four files of them at once, and two files with browsers.
 * Those that measure sound in time want the machine for themselves.
 */

/** The machine may be busy with something else: nothing fails for being waited for too briefly. */
const patience = { testTimeout: 60_000, hookTimeout: 120_000, expect: { poll: { timeout: 30_000 } } };
/**
 * Of tests with several processes, whose waits (`until`) take up to a minute each. They deal with sound in real time, and a
 * shared machine may stand still for a second: what fails is tried once more, and the runner says that it was.
 */
const morePatience = { ...patience, testTimeout: 180_000, hookTimeout: 300_000, retry: 1 };

/** By `npm run test:faults`: then their figures count. */
const manyFaults = process.env['FAULT_RUNS'] !== undefined;

/** Of the end-to-end tests those that judge sound over time, or how soon it stops. */
const measured = 'tests/e2e/{conversation,mix,rollOver,twoBrowsers,withoutHubs}.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patience,
          name: 'unit',
          pool: 'threads',
          // Half of the time went into loading the same modules for each file anew. No file may leave anything behind.
          isolate: false,
          unstubGlobals: true,
          unstubEnvs: true,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          include: [
            'services/*/src/**/*.test.ts',
            'apps/web/**/*.test.ts',
            'tests/*.test.ts',
            'tests/support/**/*.test.ts',
            'tests/load/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/.next/**'],
        },
      },
      {
        test: {
          ...morePatience,
          name: 'parts',
          sequence: { groupOrder: 1 },
          globalSetup: ['tests/support/globalSetup.ts'],
          setupFiles: ['tests/support/failures.ts'],
          include: [
            'tests/integration/**/*.test.ts',
            'tests/media/**/*.test.ts',
            'tests/conformance/**/*.test.ts',
          ],
          maxWorkers: 4,
          maxConcurrency: 3,
        },
      },
      {
        test: {
          ...morePatience,
          name: 'e2e',
          sequence: { groupOrder: 2 },
          globalSetup: ['tests/support/globalSetup.ts'],
          setupFiles: ['tests/support/failures.ts'],
          include: ['tests/e2e/**/*.test.ts'],
          exclude: [measured],
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...morePatience,
          name: 'e2e-sound',
          sequence: { groupOrder: 3 },
          globalSetup: ['tests/support/globalSetup.ts'],
          setupFiles: ['tests/support/failures.ts'],
          include: [measured],
          fileParallelism: false,
        },
      },
      {
        // Everything that may die does, once, beside the parts; more often, alone, and on bad networks, by
        // `npm run test:faults`.
        test: {
          ...morePatience,
          name: 'faults',
          sequence: { groupOrder: manyFaults ? 4 : 1 },
          globalSetup: ['tests/support/globalSetup.ts'],
          setupFiles: ['tests/support/failures.ts'],
          include: ['tests/faults/**/*.test.ts'],
          exclude: manyFaults ? [] : ['tests/faults/network/**'],
          testTimeout: 1_800_000,
          maxWorkers: manyFaults ? 1 : 4,
        },
      },
      {
        // Measures and prints, never fails on a figure; runs only when it is named.
        test: {
          ...morePatience,
          name: 'bench',
          sequence: { groupOrder: 5 },
          globalSetup: ['tests/support/globalSetup.ts'],
          setupFiles: ['tests/support/failures.ts'],
          include: ['tests/load/**/*.bench.ts'],
          testTimeout: 1_200_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
