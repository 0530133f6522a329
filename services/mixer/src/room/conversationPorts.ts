import type { EventData, ParticipantId, PastFact, Role, ToolPolicies } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { InputTimeline } from '../audio/InputTimeline.ts';
import type { AnswerPolicy } from './AnswerPolicy.ts';
import type { AssistantEvents, AssistantFact } from './assistantEvents.ts';
import type { CostMeter } from './CostMeter.ts';
import type { HeldSpeech } from './HeldSpeech.ts';
import type { BargeInSettings } from './Interruption.ts';
import type { Clock, ToolDefinition, ToolDesk } from './ports.ts';

export interface TypedText {
  /** The sender's; the same one of the same participant is taken once. */
  id: string;
  participantId: ParticipantId;
  name: string;
  text: string;
}

export interface ConversationOptions {
  clock: Clock;
  log: Log;
  model: string;
  /** Where tools are called, and what became of their jobs is read. */
  desk: ToolDesk | undefined;
  tools: readonly ToolDefinition[];
  policies: () => ToolPolicies;
  /** What was said before there was this room. */
  past: readonly PastFact[];
  bargeIn: BargeInSettings;
  timeline: InputTimeline;
  meter: CostMeter;
  names: ReadonlyMap<ParticipantId, string>;
  roles: ReadonlyMap<ParticipantId, Role>;
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
