import { SessionEvent } from '@parley/contract';

/** One entry of the event stream: its ID there, and its fields as they were written. */
export interface StreamEntry {
  id: string;
  fields: Readonly<Record<string, string>>;
}

export function readEntry([id, list]: [id: string, fields: string[]]): StreamEntry {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < list.length; i += 2) fields[list[i] ?? ''] = list[i + 1] ?? '';
  return { id, fields };
}

/** The event an entry carries. Throws when it carries none. */
export function readEvent({ fields }: StreamEntry): SessionEvent {
  const body = JSON.parse(fields.body ?? '') as object;
  return SessionEvent.parse({ ...body, seq: Number(fields.seq) });
}
