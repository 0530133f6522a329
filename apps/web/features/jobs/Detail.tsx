import { DiffView } from './DiffView.tsx';
import { isDiff } from './diff.ts';

/** What belongs to a step or to a request: a diff in colours, or an output as it was. */
export function Detail({ text }: { text: string }) {
  if (isDiff(text)) return <DiffView diff={text} />;
  return (
    <pre
      tabIndex={0}
      role="region"
      aria-label="Output"
      className="max-h-60 overflow-auto rounded-xl border border-line bg-surface px-3 py-2 font-mono text-[0.8125rem] leading-5 whitespace-pre-wrap"
    >
      {text}
    </pre>
  );
}
