import type { ConversationSettings } from '@parley/contract';
import type { AnswerPolicy } from './AnswerPolicy.ts';
import type { Connection } from './Connection.ts';
import type { Conversation } from './Conversation.ts';
import type { CostGuard } from './CostGuard.ts';
import type { HeldSpeech } from './HeldSpeech.ts';
import type { LinkKeeper } from './LinkKeeper.ts';
import { offeredTools } from './offer.ts';
import type { ToolDefinition } from './ports.ts';
import { detectionOf, isByHolding } from './turnTaking.ts';

export interface ParticipationOptions {
  /** There is somebody who runs tools. */
  hasDesk: boolean;
  policy: AnswerPolicy;
  held: HeldSpeech;
  guard: CostGuard;
  keeper: LinkKeeper;
  conversation: Conversation;
  connection: Connection;
}

/** How the assistant takes part: what the settings of this moment mean for its parts. */
export class Participation {
  readonly #options: ParticipationOptions;
  #settings: ConversationSettings;

  constructor(settings: ConversationSettings, options: ParticipationOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  get settings(): ConversationSettings {
    return this.#settings;
  }

  /** From now on, on the link of this moment and on every later one. */
  configure(settings: ConversationSettings): void {
    const { policy, held, guard, conversation, connection } = this.#options;
    const before = this.#settings;
    this.#settings = settings;
    policy.configure(settings);
    const byHolding = isByHolding(settings);
    if (!byHolding) held.configure(false);
    this.#configureTurns(before);
    this.#configureTools(before);
    // What was kept for the next link was not said into a button.
    if (byHolding && !held.admitted) connection.forget();
    if (byHolding) held.configure(true);
    if (!policy.maySpeak) conversation.hush();
    guard.setLimit(settings.costLimitUsd);
    connection.refresh();
    conversation.bargeIn.configure(settings.bargeIn);
  }

  #configureTurns(before: ConversationSettings): void {
    const turnDetection = detectionOf(this.#settings);
    if (isSame(turnDetection, detectionOf(before))) return;
    // In the order in which they were said: what was begun under the former settings ends before the new ones begin.
    this.#options.conversation.cutTurn();
    this.#options.keeper.configure({ turnDetection });
  }

  #configureTools(before: ConversationSettings): void {
    const { hasDesk, conversation, keeper } = this.#options;
    const tools = toolsOf(this.#settings, hasDesk);
    if (isSame(tools, toolsOf(before, hasDesk))) return;
    conversation.offer(tools);
    keeper.configure({ tools });
  }
}

/** What the model may call: nothing where nobody runs it. */
export const toolsOf = (settings: ConversationSettings, hasDesk: boolean): readonly ToolDefinition[] =>
  hasDesk ? offeredTools(settings.tools) : [];

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
