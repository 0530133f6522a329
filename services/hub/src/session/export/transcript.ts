import type { EventData, SessionEvent } from '@parley/contract';

/** One line of the conversation, whoever said it and however. */
export interface Line {
  /** The events' clock: milliseconds since the epoch. */
  at: number;
  who: string;
  /** How much of it is whose, in the order of `who`; null when it is one person's. */
  shares: string | null;
  text: string;
  how: 'spoken' | 'typed' | 'reply';
  /** Milliseconds of the room's input clock, of what was spoken. */
  spoken: { startMs: number; endMs: number } | null;
  /** A reply that was cut off: how much of it was heard. */
  cutAtMs: number | null;
  /** How long a reply was heard. */
  heardMs: number;
}

type Spoken = Pick<EventData<'turn:completed'>, 'speakers' | 'overlap'>;

const listed = (parts: readonly string[]) => new Intl.ListFormat('en').format(parts);
const percent = (share: number) => `${Math.round(share * 100)} %`;

/** Those who spoke, the one who spoke most first. */
function whoSpoke({ speakers, overlap }: Spoken): Pick<Line, 'who' | 'shares'> {
  const inOrder = speakers.toSorted((a, b) => b.share - a.share);
  const who = listed(inOrder.map(({ name }) => name)) || 'Somebody';
  if (inOrder.length < 2) return { who, shares: null };
  const together = overlap > 0 ? `, ${percent(overlap)} at the same time` : '';
  return { who, shares: `${listed(inOrder.map(({ share }) => percent(share)))}${together}` };
}

/** What an event adds to the conversation, if anything. */
export function readLine(event: SessionEvent, agentName: string): Line | undefined {
  const line = { at: event.at, shares: null, spoken: null, cutAtMs: null, heardMs: 0 };
  switch (event.type) {
    case 'turn:completed': {
      const { text, failure, startMs, endMs } = event.data;
      const words = text === '' ? `(not transcribed: ${failure ?? 'no words'})` : text;
      return { ...line, ...whoSpoke(event.data), text: words, how: 'spoken', spoken: { startMs, endMs } };
    }
    case 'text:sent':
      return { ...line, who: event.data.name, text: event.data.text, how: 'typed' };
    case 'reply:completed': {
      const { text, status, heardMs, heardText } = event.data;
      if (text === '') return undefined;
      const cutAtMs = status === 'completed' ? null : heardMs;
      const heard = heardText === null ? text : `${heardText} …`.trimStart();
      return { ...line, who: agentName, text: heard, how: 'reply', cutAtMs, heardMs };
    }
    default:
      return undefined;
  }
}
