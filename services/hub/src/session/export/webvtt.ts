import type { SessionEvent, SessionView } from '@parley/contract';
import { readLine } from './transcript.ts';
import type { Line } from './transcript.ts';

interface Cue {
  startMs: number;
  endMs: number;
  who: string;
  text: string;
}

/** Characters that mean something in a cue, WebVTT section 6.4; a cue's text has no empty line and no arrow. */
const plain = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\s*[\r\n]+\s*/g, ' ');

function clock(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const part = (value: number, digits: number) => String(value).padStart(digits, '0');
  const seconds = Math.floor(whole / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${part(h, 2)}:${part(m, 2)}:${part(s, 2)}.${part(whole % 1000, 3)}`;
}

/** Time to read typed words: 60 ms a letter, 1.5 to 6 s. */
const readingMs = (text: string) => Math.min(6_000, Math.max(1_500, text.length * 60));

/**
 * Puts everything on the room's input clock, which spoken turns carry. What has only the time of its event is placed by
 * its distance from the turn before it. A new room starts its clock again at 0: it goes on where the former one was.
 */
function place(lines: readonly Line[], beganAt: number): Cue[] {
  const cues: Cue[] = [];
  let base = 0;
  let lastTurnEnd = 0;
  /** Epoch milliseconds at which the clock of the cues stood at 0, as the last turn shows it. */
  let zeroAt = beganAt;
  let end = 0;
  for (const line of lines) {
    let cue: { startMs: number; endMs: number };
    if (line.spoken) {
      if (line.spoken.endMs < lastTurnEnd) base = end;
      lastTurnEnd = line.spoken.endMs;
      cue = { startMs: base + line.spoken.startMs, endMs: base + line.spoken.endMs };
      zeroAt = line.at - cue.endMs;
    } else {
      const at = Math.max(0, line.at - zeroAt);
      cue =
        line.how === 'reply'
          ? { startMs: Math.max(0, at - line.heardMs), endMs: at }
          : { startMs: at, endMs: at + readingMs(line.text) };
    }
    const endMs = Math.max(cue.endMs, cue.startMs + 1);
    end = Math.max(end, endMs);
    cues.push({ startMs: cue.startMs, endMs, who: line.who, text: line.text });
  }
  return cues.sort((a, b) => a.startMs - b.startMs);
}

/** The conversation as WebVTT, one voice per cue. */
export function webvtt(session: SessionView, events: readonly SessionEvent[]): string {
  const lines = events.flatMap((event) => readLine(event, session.agentName) ?? []);
  const note = `NOTE\n${plain(session.title)}, session ${session.id}`;
  const cues = place(lines, session.createdAt).map(
    ({ startMs, endMs, who, text }, index) =>
      `${index + 1}\n${clock(startMs)} --> ${clock(endMs)}\n<v ${plain(who)}>${plain(text)}</v>`,
  );
  return `${['WEBVTT', note, ...cues].join('\n\n')}\n`;
}
