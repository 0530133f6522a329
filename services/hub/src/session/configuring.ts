import { isDeepStrictEqual } from 'node:util';
import { ConversationSettings } from '@parley/contract';
import type { ConversationChange } from '@parley/contract';

/** The settings with this change; undefined when it changes nothing. What the change leaves out stays. */
export function applyChange(
  before: ConversationSettings,
  change: ConversationChange,
): ConversationSettings | undefined {
  const after = ConversationSettings.parse({ ...before, ...change });
  return isDeepStrictEqual(after, before) ? undefined : after;
}
