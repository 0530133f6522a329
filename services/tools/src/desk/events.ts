import { newEventId } from '@parley/contract';
import type { EventData, EventType, NewEvent, SessionId } from '@parley/contract';

/** A fact, ready for the log. */
export function fact<Type extends EventType>(
  type: Type,
  sessionId: SessionId,
  at: number,
  data: EventData<Type>,
): NewEvent<Type> {
  return { id: newEventId(), sessionId, at, type, data };
}

/** At most `max` UTF-16 units, cut between characters, the cut marked. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = text.slice(0, max - 1);
  // Half a surrogate pair is no character.
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
