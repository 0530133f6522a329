'use client';
import type { ExportFormat, SessionId } from '@parley/contract';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { getExport } from '../../lib/api.ts';
import { describeProblem } from '../../lib/problem.ts';
import { saveFile } from '../../lib/saveFile.ts';
import { readingToken } from '../../lib/storage.ts';

const FORMATS: { format: ExportFormat; label: string; title: string }[] = [
  { format: 'md', label: 'Markdown', title: 'The conversation as a readable document' },
  { format: 'vtt', label: 'WebVTT', title: 'Subtitles' },
  { format: 'json', label: 'JSON', title: 'The session and every event in one document' },
  { format: 'ndjson', label: 'NDJSON', title: 'One event per line' },
];

export function ExportButtons({ id }: { id: SessionId }) {
  const [error, setError] = useState<string>();
  const download = async (format: ExportFormat) => {
    setError(undefined);
    try {
      saveFile(await getExport(id, format, readingToken(id)), `${id}.${format}`);
    } catch (problem) {
      const { title, text } = describeProblem(problem);
      setError(`${title}. ${text}`);
    }
  };
  return (
    <div role="group" aria-label="Export" className="flex flex-wrap items-center gap-2">
      <Download aria-hidden className="mr-1 size-4 text-ink-faint" />
      {FORMATS.map(({ format, label, title }) => (
        <Button
          key={format}
          variant="soft"
          size="sm"
          title={title}
          data-testid={`export-${format}`}
          onClick={() => void download(format)}
        >
          {label}
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
