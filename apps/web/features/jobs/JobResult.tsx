'use client';
import { Markdown } from '../../components/Markdown.tsx';
import { JobDownloads } from './JobDownloads.tsx';
import { JobFiles } from './JobFiles.tsx';
import type { Job } from './jobsModel.ts';

/** Texts up to this length are shown at once. */
const SHORT = 600;

/** What came of a job: its text, the files it changed, what can be fetched. */
export function JobResult({ job }: { job: Job }) {
  const { end } = job;
  if (end === null) return null;
  const { text, truncated, files, artifacts, outcome } = end;
  return (
    <div className="mt-3 border-t border-line pt-3" data-testid="job-result">
      {text.length > SHORT ? (
        <details open={outcome === 'completed'}>
          <summary className="text-sm font-semibold">{outcome === 'completed' ? 'Result' : 'Why'}</summary>
          <div className="mt-2 max-h-96 overflow-y-auto overscroll-contain" tabIndex={0}>
            <Markdown text={text} />
          </div>
        </details>
      ) : (
        text !== '' && <Markdown text={text} />
      )}
      {truncated && (
        <p className="mt-2 text-sm text-ink-faint">This is its beginning; the whole of it can be fetched.</p>
      )}
      {files.length > 0 && <JobFiles files={files} />}
      {artifacts.length > 0 && <JobDownloads job={job} artifacts={artifacts} />}
    </div>
  );
}
