import type { SessionEvent } from '@parley/contract';

/** One line of the conversation, whoever said it and however. */
export interface Line {
  /** The events' clock: milliseconds since the epoch. */
  at: number;
  who: string;
  text: string;
  how: 'spoken' | 'typed' | 'reply';
  /** Milliseconds of the room's input clock, of what was spoken. */
  spoken: { startMs: number; endMs: number } | null;
  /** A reply that was cut off: how much of it was heard. */
  cutAtMs: number | null;
  /** How long a reply was heard. */
  heardMs: number;
}

/** The names of those who spoke, the loudest part first. */
function speakerNames(speakers: readonly { name: string; share: number }[]): string {
  const names = [...speakers].sort((a, b) => b.share - a.share).map(({ name }) => name);
  return new Intl.ListFormat('en').format(names) || 'Somebody';
}

/** What an event adds to the conversation, if anything. */
export function readLine(event: SessionEvent, agentName: string): Line | undefined {
  const line = { at: event.at, spoken: null, cutAtMs: null, heardMs: 0 };
  switch (event.type) {
    case 'turn:completed': {
      const { text, failure, speakers, startMs, endMs } = event.data;
      const words = text === '' ? `(not transcribed: ${failure ?? 'no words'})` : text;
      return { ...line, who: speakerNames(speakers), text: words, how: 'spoken', spoken: { startMs, endMs } };
    }
    case 'text:sent':
      return { ...line, who: event.data.name, text: event.data.text, how: 'typed' };
    case 'reply:completed': {
      const { text, status, heardMs } = event.data;
      if (text === '') return undefined;
      const cutAtMs = status === 'completed' ? null : heardMs;
      return { ...line, who: agentName, text, how: 'reply', cutAtMs, heardMs };
    }
    default:
      return undefined;
  }
}
