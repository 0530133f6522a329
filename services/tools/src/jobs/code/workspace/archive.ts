import { zipSync } from 'fflate';

/** Together; what does not fit is left out. */
const MAX_BYTES = 20_000_000;

/** Files as a zip archive; undefined when there are none. */
export function archive(files: readonly { path: string; bytes: Buffer }[]): Buffer | undefined {
  let size = 0;
  const fitting = files.filter(({ bytes }) => (size += bytes.length) <= MAX_BYTES);
  if (fitting.length === 0) return undefined;
  return Buffer.from(
    zipSync(Object.fromEntries(fitting.map(({ path, bytes }) => [path, bytes])), { level: 6 }),
  );
}
