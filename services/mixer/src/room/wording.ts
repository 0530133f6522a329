import type { SessionSettings, Speaker } from '@parley/contract';

/** A share below this is not worth telling as overlap. */
const NOTABLE_OVERLAP = 0.1;

/** What the model is told about itself. The room's own rules come first, so that a long prompt does not bury them. */
export function instructions({
  agentName,
  systemPrompt,
}: Pick<SessionSettings, 'agentName' | 'systemPrompt'>): string {
  const preface = [
    `You are ${agentName}, the voice assistant in a room with several people who hear each other and you.`,
    'All of them reach you on one audio stream. System notes tell you who has just spoken or typed; ' +
      'use the names when it helps, never read a note out, and do not answer a note by itself.',
    'You are heard, not read: speak briefly and plainly, and stop when you are interrupted.',
  ].join(' ');
  return systemPrompt.trim() ? `${preface}\n\n${systemPrompt.trim()}` : preface;
}

/** `Anna 82 %, Ben 18 %, partly at the same time`, or undefined when nobody is known to have spoken. */
function describeSpeakers(speakers: readonly Speaker[], overlap: number): string | undefined {
  if (speakers.length === 0) return undefined;
  if (speakers.length === 1) return speakers[0]?.name;
  const parts = speakers.map(({ name, share }) => `${name} ${Math.round(share * 100)} %`);
  return parts.join(', ') + (overlap >= NOTABLE_OVERLAP ? ', partly at the same time' : '');
}

/** The system note before an answer. */
export function speakerNote(speakers: readonly Speaker[], overlap: number): string | undefined {
  const who = describeSpeakers(speakers, overlap);
  return who && `Speaking: ${who}.`;
}

export const typingNote = (name: string): string => `${name} typed this:`;

/** A spoken turn as text, for a link that did not hear it. */
export function spokenLine(speakers: readonly Speaker[], text: string): string {
  const names = speakers.map(({ name }) => name).join(' and ');
  return names ? `${names}: ${text}` : text;
}

export const typedLine = (name: string, text: string): string => `${name} (typed): ${text}`;
