import type { SessionEvent } from '@parley/contract';
import type { Prisma } from '../store/database.ts';

/**
 * PostgreSQL stores neither U+0000 in text nor half a surrogate pair in jsonb; both become U+FFFD, so that no event is
 * lost for a character.
 */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\uFFFD');
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [storable(key), storable(each)]));
  return value;
}

export function toRow(event: SessionEvent): Prisma.EventCreateManyInput {
  const { sessionId, seq, id, type, at, data } = event;
  return { sessionId, seq, id, type, at: new Date(at), data };
}
