import type { AssistantState, EventData } from '@parley/contract';
import type { CostView } from './CostMeter.ts';

type FactType =
  | 'assistant:connected'
  | 'assistant:disconnected'
  | 'turn:completed'
  | 'text:sent'
  | 'reply:completed'
  | 'tool:called'
  | 'usage:recorded'
  | 'cost:limited'
  | 'assistant:rolled-over'
  | 'error:raised';

/** A durable fact that the assistant saw; the room gives it its session and its ID. */
export type AssistantFact = { [Type in FactType]: { type: Type; data: EventData<Type> } }[FactType];

export interface AssistantEvents {
  /** Only when it differs from the one before. */
  state: [state: AssistantState];
  fact: [fact: AssistantFact];
  /** More words of an item that is not finished. */
  delta: [{ itemId: string; role: 'user' | 'assistant'; delta: string }];
  /** Five a second while a reply is played, and when it is cut off. */
  playout: [{ itemId: string; playedMs: number; queuedMs: number }];
  /** What the session has cost so far; after each response and when the limit changes. */
  cost: [cost: CostView];
  notice: [level: 'info' | 'warning' | 'error', message: string];
}
