import type { EventData, ParticipantId, PastFact } from '@parley/contract';
import type { InputTimeline } from '../audio/InputTimeline.ts';
import type { AnswerPolicy } from './AnswerPolicy.ts';
import type { AssistantEvents, AssistantFact } from './assistantEvents.ts';
import type { CostMeter } from './CostMeter.ts';
import type { HeldSpeech } from './HeldSpeech.ts';
import type { BargeInSettings } from './Interruption.ts';
import type { Clock, ToolDefinition } from './ports.ts';

export interface TypedText {
  /** The sender's; the same one of the same participant is taken once. */
  id: string;
  participantId: ParticipantId;
  name: string;
  text: string;
}

export interface ConversationOptions {
  clock: Clock;
  model: string;
  tools: readonly ToolDefinition[];
  /** What was said before there was this room. */
  past: readonly PastFact[];
  bargeIn: BargeInSettings;
  timeline: InputTimeline;
  meter: CostMeter;
  names: ReadonlyMap<ParticipantId, string>;
  policy: AnswerPolicy;
  held: Pick<HeldSpeech, 'busy' | 'confirmed'>;
  fact: (fact: AssistantFact) => void;
  delta: (...delta: AssistantEvents['delta']) => void;
  raise: (trouble: EventData<'error:raised'>) => void;
  /** The link is of no use any more. */
  stuck: () => void;
  /** Who is speaking or thinking may have changed. */
  changed: () => void;
}
