import { ConversationSettings } from '@parley/contract';
import type { ConversationChange } from '@parley/contract';

/** Parsing puts the fields into one order, so that the texts can be compared. */
const textOf = (settings: ConversationSettings) => JSON.stringify(ConversationSettings.parse(settings));

export const isSame = (one: ConversationSettings, other: ConversationSettings): boolean =>
  textOf(one) === textOf(other);

/** The settings with this change; undefined when it changes nothing. What the change leaves out stays. */
export function applyChange(
  before: ConversationSettings,
  change: ConversationChange,
): ConversationSettings | undefined {
  const after = ConversationSettings.parse({ ...before, ...change });
  return isSame(after, before) ? undefined : after;
}
