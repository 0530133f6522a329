import type { ConversationSettings, EventData } from '@parley/contract';
import { money, seconds } from '../../lib/format.ts';
import { MODE_WORDS } from '../conversation/modes.ts';
import type { Moment } from './moment.ts';

/** A change of the settings tells all that matters of them: the former ones may be far above. */
export function configuredWords({ answer, bargeIn, costLimitUsd }: ConversationSettings): string {
  const parts = [
    `The assistant now ${MODE_WORDS[answer].told}`,
    ...(bargeIn.enabled || answer === 'scribe' ? [] : ['cannot be interrupted']),
    ...(costLimitUsd === null ? [] : [`limit ${money(costLimitUsd)}`]),
  ];
  return parts.join(' · ');
}

const SEAMS: Record<EventData<'assistant:rolled-over'>['reason'], string> = {
  age: 'A fresh connection carries the conversation on',
  lost: 'The connection was lost; another one carries the conversation on',
  cost: 'A shorter memory carries the conversation on, to save cost',
};

/** Shorter pauses are not noticed. */
const NOTICED_MS = 500;

export function seamWords({ reason, summarised, gapMs }: EventData<'assistant:rolled-over'>): string {
  const parts = [
    SEAMS[reason],
    ...(summarised === 0 ? [] : ['older words in summary']),
    ...(gapMs < NOTICED_MS ? [] : [`after ${seconds(gapMs)}`]),
  ];
  return parts.join(' · ');
}

const MOVES: Record<EventData<'room:moved'>['reason'], string> = {
  'mixer-lost': 'The voice server was lost; another one carries the conversation on',
  'worker-died': 'The voice server failed; the conversation goes on',
  drained: 'The conversation moved to another voice server',
};

export const movedWords = ({ reason, gapMs }: EventData<'room:moved'>): string =>
  [MOVES[reason], ...(gapMs < NOTICED_MS ? [] : [`after ${seconds(gapMs)}`])].join(' · ');

export function limitedMoment({ state, spentUsd, limitUsd }: EventData<'cost:limited'>): Moment {
  const spent = `${money(spentUsd)}${limitUsd === null ? '' : ` of ${money(limitUsd)}`}`;
  if (state === 'resumed') return { text: 'The assistant takes part again', tone: 'quiet' };
  if (state === 'warned') return { text: `Close to the cost limit: ${spent}`, tone: 'warning' };
  return { text: `The assistant is paused at the cost limit: ${spent}`, tone: 'warning' };
}

export function groupedWords({ participantIds }: EventData<'devices:grouped'>): string {
  return participantIds.length < 2
    ? 'The devices in one room have sounds of their own again'
    : `${participantIds.length} devices in one room share a microphone and a loudspeaker`;
}
