import type { ExportFormat, SessionId } from '@parley/contract';
import { Download } from 'lucide-react';
import { buttonClass } from '../../components/Button.tsx';
import { exportAddress } from '../../lib/api.ts';

const FORMATS: { format: ExportFormat; label: string; title: string }[] = [
  { format: 'md', label: 'Markdown', title: 'The conversation as a readable document' },
  { format: 'vtt', label: 'WebVTT', title: 'Subtitles' },
  { format: 'json', label: 'JSON', title: 'The session and every event in one document' },
  { format: 'ndjson', label: 'NDJSON', title: 'One event per line' },
];

export function ExportButtons({ id }: { id: SessionId }) {
  return (
    <div role="group" aria-label="Export" className="flex flex-wrap items-center gap-2">
      <Download aria-hidden className="mr-1 size-4 text-ink-faint" />
      {FORMATS.map(({ format, label, title }) => (
        <a
          key={format}
          href={exportAddress(id, format)}
          download={`${id}.${format}`}
          title={title}
          data-testid={`export-${format}`}
          className={buttonClass('soft', 'sm')}
        >
          {label}
        </a>
      ))}
    </div>
  );
}
