import type { PastFact } from '@parley/contract';
import type { History } from './History.ts';
import { type Line, spokenLine, typedLine } from './wording.ts';

/** What was said in a session's former rooms, as its first link here is to know it: replies as far as they were heard. */
export function recall(history: Pick<History, 'put'>, past: readonly PastFact[]): void {
  for (const fact of past) history.put(fact.data.itemId, lineOf(fact));
}

function lineOf({ type, data }: PastFact): Line {
  if (type === 'reply:completed') return { role: 'assistant', text: data.heardText ?? data.text };
  if (type === 'text:sent') return { role: 'user', text: typedLine(data.name, data.text) };
  return { role: 'user', text: data.text && spokenLine(data.speakers, data.text) };
}
