import { existsSync, renameSync, rmSync } from 'node:fs';

/** Former runs that are kept: `hub.1.log` is the newest. */
const KEPT = 5;

/** Moves `<base>.log` out of the way of a new one. */
export function rotate(base: string): void {
  const numbered = (index: number) => (index === 0 ? `${base}.log` : `${base}.${index}.log`);
  rmSync(numbered(KEPT), { force: true });
  for (let index = KEPT - 1; index >= 0; index--)
    if (existsSync(numbered(index))) renameSync(numbered(index), numbered(index + 1));
}
