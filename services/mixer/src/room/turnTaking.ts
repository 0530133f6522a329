import type { ConversationSettings, TurnDetection } from '@parley/contract';

type TurnTaking = Pick<ConversationSettings, 'answer' | 'turnDetection'>;

/** Who finds the end of a turn at the provider. Push-to-talk always means nobody: the button makes the turns. */
export function detectionOf({ answer, turnDetection }: TurnTaking): TurnDetection {
  return answer === 'push-to-talk' ? { type: 'none' } : turnDetection;
}

/** True when turns are made by holding the talk button. */
export const isByHolding = (settings: TurnTaking): boolean => detectionOf(settings).type === 'none';
