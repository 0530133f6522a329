import type { AnswerMode, SessionEvent, SessionView } from '@parley/contract';
import { plain, time } from './markdownText.ts';
import { readLine } from './transcript.ts';

const day = (at: number) =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at);

export function markdownHead(session: SessionView): string {
  const names = session.participants.map(({ name }) => plain(name));
  const ended = session.endedAt === null ? '' : ` – ${day(session.endedAt)}`;
  const lines = [
    `# ${plain(session.title)}`,
    '',
    `- Session: ${session.id}`,
    `- When: ${day(session.createdAt)}${ended} (UTC)`,
    `- Assistant: ${plain(session.agentName)}, voice ${session.voice}`,
    `- Participants: ${names.join(', ') || 'nobody yet'}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** One event as Markdown, '' for what a reader does not miss. */
export function markdownEvent(event: SessionEvent, agentName: string): string {
  const line = readLine(event, agentName);
  if (line) {
    const shares = line.shares === null ? '' : `, ${line.shares}`;
    const typed = line.how === 'typed' ? ', typed' : '';
    const cut = line.cutAtMs === null ? '' : `, cut off after ${(line.cutAtMs / 1000).toFixed(1)} s`;
    const text = plain(line.text).replaceAll('\n', '  \n');
    return `\n**${plain(line.who)}** (${time(line.at)}${shares}${typed}${cut})  \n${text}\n`;
  }
  const note = describe(event);
  return note ? `\n*${time(event.at)} ${note}*\n` : '';
}

const ANSWERS: Readonly<Record<AnswerMode, string>> = {
  always: 'every turn',
  addressed: 'when it is addressed',
  'push-to-talk': 'what is said while the talk button is held',
  scribe: 'nothing, it only writes',
};

function describe(event: SessionEvent): string | undefined {
  switch (event.type) {
    case 'participant:joined':
      return `${plain(event.data.name)} joined`;
    case 'participant:left':
      return event.data.reason === 'session-ended' ? undefined : `${plain(event.data.name)} left`;
    case 'session:configured':
      return `The assistant now answers ${ANSWERS[event.data.conversation.answer]}`;
    case 'assistant:disconnected':
      return `The assistant was lost: ${plain(event.data.message)}`;
    case 'assistant:rolled-over':
      return 'Another connection carries the conversation on';
    case 'room:moved':
      return `The conversation went on at another voice server, after ${(event.data.gapMs / 1000).toFixed(1)} s`;
    case 'tool:called':
      return `The assistant called ${plain(event.data.name)}`;
    case 'error:raised':
      return `Error: ${plain(event.data.message)}`;
    case 'session:ended':
      return 'The session ended';
    default:
      return undefined;
  }
}
