import { newEventId } from '@parley/contract';
import type { EventData, EventType, NewEvent, SessionId } from '@parley/contract';

/** A fact that this hub saw happen. */
export function fact<Type extends EventType>(
  type: Type,
  sessionId: SessionId,
  at: number,
  data: EventData<Type>,
): NewEvent<Type> {
  return { id: newEventId(), sessionId, at, type, data };
}
