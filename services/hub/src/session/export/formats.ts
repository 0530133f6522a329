import type { ExportFormat, SessionEvent, SessionView } from '@parley/contract';
import { markdownEvent, markdownHead } from './markdown.ts';
import { MarkdownJobs } from './markdownJobs.ts';
import { webvtt } from './webvtt.ts';

export const CONTENT_TYPE: Readonly<Record<ExportFormat, string>> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
};

/** The whole session in a format, piece by piece: only `vtt`, whose cues must be sorted, is held in memory. */
export async function* exportSession(
  format: ExportFormat,
  session: SessionView,
  events: AsyncIterable<SessionEvent>,
): AsyncGenerator<string> {
  switch (format) {
    case 'ndjson':
      for await (const event of events) yield `${JSON.stringify(event)}\n`;
      return;
    case 'json': {
      yield `{"session":${JSON.stringify(session)},"events":[`;
      let separator = '\n';
      for await (const event of events) {
        yield separator + JSON.stringify(event);
        separator = ',\n';
      }
      yield '\n]}\n';
      return;
    }
    case 'md': {
      const jobs = new MarkdownJobs();
      yield markdownHead(session);
      for await (const event of events) yield markdownEvent(event, session.agentName) + jobs.write(event);
      return;
    }
    case 'vtt': {
      const all: SessionEvent[] = [];
      for await (const event of events) all.push(event);
      yield webvtt(session, all);
    }
  }
}
