import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readOptions } from '../load/tool/options.ts';
import { Progress } from '../load/tool/Progress.ts';
import { Report } from '../load/tool/report.ts';
import { run } from '../load/tool/run.ts';

const quiet = () => new Progress(Object.assign(new PassThrough(), { isTTY: false }).resume());

test.each(['rtp', 'webrtc'] as const)('two rooms by %s are filled, heard and told of', async (join) => {
  const options = readOptions(['--rooms', '2', '--participants', '2', '--seconds', '3', '--join', join]);
  const report = Report.parse(
    JSON.parse(JSON.stringify(await run(options, new AbortController().signal, quiet()))),
  );
  expect(report).toMatchObject({ options, rooms: 2, participants: 4, refused: {}, errors: [] });
  expect(report.joinMs.count).toBe(4);
  expect(report.heard.packets).toBeGreaterThan(0);
  expect(report.cpu?.mixer).toBeGreaterThan(0);
  if (join === 'webrtc') expect(report.cpu?.worker).toBeGreaterThan(0);
});

test('where no hub is, that is said', async () => {
  const options = readOptions(['--hub', 'http://127.0.0.1:9']);
  await expect(run(options, new AbortController().signal, quiet())).rejects.toThrow(
    /No hub answers at http:\/\/127\.0\.0\.1:9.*Is it running\?/,
  );
});
