import type { EventData, JobId, SessionEvent } from '@parley/contract';
import { listed, plain, time } from './markdownText.ts';

type Created = EventData<'job:created'>;
type Finished = EventData<'job:finished'>;

const OUTCOMES: Readonly<Record<Finished['outcome'], string>> = {
  completed: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  denied: 'not allowed',
};

/** Jobs as a reader follows them: a note when something is decided about one, a section when it has ended. */
export class MarkdownJobs {
  readonly #open = new Map<JobId, Created>();

  /** '' for what a reader does not miss. */
  write(event: SessionEvent): string {
    const note = (text: string) => `\n*${time(event.at)} ${text}*\n`;
    switch (event.type) {
      case 'job:created':
        this.#open.set(event.data.jobId, event.data);
        return note(
          `${asked(event.data)} asked for job ${event.data.number}: ${plain(oneLine(event.data.task))}`,
        );
      case 'approval:requested':
        return note(`Job ${event.data.number} waits to be allowed: ${plain(oneLine(event.data.what))}`);
      case 'approval:decided': {
        const { number, decision, name } = event.data;
        if (decision === 'withdrawn') return '';
        const who =
          name === null
            ? 'Nobody answered in time'
            : `${plain(name)} said ${decision === 'approved' ? 'yes' : 'no'}`;
        return note(`${who} (job ${number})`);
      }
      case 'job:steered': {
        const { number, name, instruction } = event.data;
        return note(`${plain(name ?? 'The assistant')} told job ${number}: ${plain(oneLine(instruction))}`);
      }
      case 'job:finished': {
        const created = this.#open.get(event.data.jobId);
        this.#open.delete(event.data.jobId);
        return section(event.data, created);
      }
      default:
        return '';
    }
  }
}

function section(finished: Finished, created: Created | undefined): string {
  const { number, outcome, text, truncated, files, costUsd, durationMs } = finished;
  const cost = costUsd === null ? '' : `, $${costUsd.toFixed(2)}`;
  const lines = [
    `### Job ${number}${created ? `: ${plain(oneLine(created.task))}` : ''}`,
    '',
    ...(created ? [`- Asked by: ${asked(created)}`] : []),
    `- Outcome: ${OUTCOMES[outcome]} after ${(durationMs / 1_000).toFixed(1)} s${cost}`,
    ...(files.length > 0
      ? [`- Files: ${files.map(({ path, change }) => `${plain(path)} (${change})`).join(', ')}`]
      : []),
    '',
    ...`${plain(text)}${truncated ? '\n(the whole result is longer)' : ''}`
      .split('\n')
      .map((line) => `> ${line}`.trimEnd()),
  ];
  return `\n${lines.join('\n')}\n`;
}

const asked = ({ cause }: Created) => listed(cause.askers.map(({ name }) => plain(name))) || 'Somebody';

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
