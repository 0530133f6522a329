'use client';
import { Download } from 'lucide-react';
import { Button } from '../../components/Button.tsx';
import { type Artifact, getArtifact } from '../../lib/api.ts';
import { saveFile } from '../../lib/saveFile.ts';
import { readingToken } from '../../lib/storage.ts';
import { useJobs } from './InJobs.tsx';
import type { Job } from './jobsModel.ts';
import { useAct } from './useAct.ts';

const ARTIFACTS: Record<Artifact, { label: string; ending: string; title: string }> = {
  result: { label: 'Result', ending: 'md', title: 'The whole text' },
  patch: { label: 'Patch', ending: 'patch', title: 'All changes, for git apply' },
  zip: { label: 'Files', ending: 'zip', title: 'All files that it worked on, as a zip' },
};

/** What a job has brought, as files. */
export function JobDownloads({ job, artifacts }: { job: Job; artifacts: readonly Artifact[] }) {
  const view = useJobs();
  const { busy, error, run } = useAct();
  if (view === null) return null;
  const { sessionId } = view;
  const download = (artifact: Artifact) =>
    run(async () => {
      const content = await getArtifact(sessionId, job.jobId, artifact, readingToken(sessionId));
      saveFile(content, `parley-${sessionId}-job-${job.number}.${ARTIFACTS[artifact].ending}`);
    });
  return (
    <div role="group" aria-label="Download" className="mt-3 flex flex-wrap items-center gap-2">
      <Download aria-hidden className="size-4 text-ink-faint" />
      {artifacts.map((artifact) => (
        <Button
          key={artifact}
          size="sm"
          disabled={busy}
          title={ARTIFACTS[artifact].title}
          data-testid={`job-${artifact}`}
          onClick={() => void download(artifact)}
        >
          {ARTIFACTS[artifact].label}
        </Button>
      ))}
      {error !== undefined && (
        <p role="alert" className="w-full text-sm text-danger">
          {error}
        </p>
      )}
    </div>
  );
}
