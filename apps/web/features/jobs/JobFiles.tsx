import type { ChangedFile } from '@parley/contract';
import { cx } from '../../lib/cx.ts';
import { filesWords } from './jobWords.ts';

const CHANGES: Record<ChangedFile['change'], { sign: string; ink: string }> = {
  added: { sign: 'A', ink: 'text-voice' },
  modified: { sign: 'M', ink: 'text-assistant' },
  deleted: { sign: 'D', ink: 'text-danger' },
};
/** More of them are folded away. */
const FEW = 6;

export function JobFiles({ files }: { files: readonly ChangedFile[] }) {
  return (
    <details className="mt-2.5" open={files.length <= FEW} data-testid="job-files">
      <summary className="text-sm font-semibold">{filesWords(files)}</summary>
      <ul className="mt-1.5 flex flex-col gap-0.5 font-mono text-[0.8125rem]">
        {files.map(({ path, change, added, removed }) => (
          <li key={path} className="flex items-baseline gap-2" data-path={path}>
            <abbr
              title={change}
              className={cx('w-4 shrink-0 font-semibold no-underline', CHANGES[change].ink)}
            >
              {CHANGES[change].sign}
            </abbr>
            <span className="min-w-0 flex-1 break-all">{path}</span>
            {added !== null && added > 0 && <span className="shrink-0 text-voice">+{added}</span>}
            {removed !== null && removed > 0 && <span className="shrink-0 text-danger">−{removed}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}
