import type { ChangedFile } from '@parley/contract';
import { structuredPatch } from 'diff';
import { setImmediate } from 'node:timers/promises';
import type { KeptFile, Snapshot } from './snapshot.ts';

export interface Changes {
  files: ChangedFile[];
  /** Unified, in the form that `git apply` takes; files that are no text are named only. */
  patch: string;
  /** Files that are there now and were not so before. */
  present: { path: string; bytes: Buffer }[];
}

/** For one file, and for all; beyond it a file counts as replaced, without a patch. Nothing else runs meanwhile. */
const DIFF_MS = 500;
const ALL_DIFFS_MS = 3_000;

/** What has changed between two snapshots of one folder, in the order of paths. */
export async function compare(before: Snapshot, after: Snapshot): Promise<Changes> {
  let leftMs = ALL_DIFFS_MS;
  const changes: Changes = { files: [], patch: '', present: [] };
  const paths = new Set([...before.keys(), ...after.keys()]);
  const patches: string[] = [];
  for (const path of [...paths].toSorted((a, b) => (a < b ? -1 : 1))) {
    const [old, now] = [before.get(path), after.get(path)];
    if (old?.hash === now?.hash) continue;
    const change = !old ? 'added' : !now ? 'deleted' : 'modified';
    const began = performance.now();
    const difference = differ(path, old, now, Math.min(leftMs, DIFF_MS));
    leftMs -= performance.now() - began;
    await setImmediate(); // the other jobs of this process have their turn
    changes.files.push({ path, change, added: difference.added, removed: difference.removed });
    patches.push(difference.patch);
    if (now?.bytes) changes.present.push({ path, bytes: now.bytes });
  }
  changes.patch = patches.join('');
  return changes;
}

function differ(path: string, old: KeptFile | undefined, now: KeptFile | undefined, timeout: number) {
  const head = [
    `diff --git a/${path} b/${path}`,
    ...(old ? [] : ['new file mode 100644']),
    ...(now ? [] : ['deleted file mode 100644']),
  ];
  const names = [old ? `a/${path}` : '/dev/null', now ? `b/${path}` : '/dev/null'] as const;
  const [before, after] = [textOf(old), textOf(now)];
  const patch =
    before === undefined || after === undefined || timeout <= 0
      ? undefined
      : structuredPatch(...names, before, after, undefined, undefined, { timeout });
  if (!patch) {
    const words = `Binary files ${names[0]} and ${names[1]} differ`;
    return { added: null, removed: null, patch: [...head, words, ''].join('\n') };
  }
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  const hunks = patch.hunks.flatMap((hunk) => [
    `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    ...hunk.lines,
  ]);
  const body = hunks.length > 0 ? [`--- ${names[0]}`, `+++ ${names[1]}`, ...hunks] : [];
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
    patch: [...head, ...body, ''].join('\n'),
  };
}

/** A side without lines begins before the first one. */
const range = (start: number, lines: number) => (lines === 0 ? '0,0' : `${start},${lines}`);

/** Undefined for what is no text, or was too large to be kept. */
function textOf(file: KeptFile | undefined): string | undefined {
  if (!file) return '';
  if (!file.bytes || file.bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf8', { fatal: true }).decode(file.bytes);
  } catch {
    return undefined;
  }
}
