import type { PastFact, SessionSettings } from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { Spending } from './CostMeter.ts';
import type { Clock, LinkFactory, ToolDesk } from './ports.ts';
import type { PriceTable } from './prices.ts';

export const ROLL_OVER_AFTER_MS = 3_300_000;
/** Below the smallest context of a Realtime model (32,768 tokens, 4,096 of them for the answer). */
export const ROLL_OVER_AFTER_TOKENS = 24_000;

export interface AssistantOptions {
  settings: Pick<SessionSettings, 'agentName' | 'systemPrompt' | 'voice' | 'conversation'>;
  connect: LinkFactory;
  clock: Clock;
  log: Log;
  simulated: boolean;
  /** Who speaks the protocol, for the record: `openai`, `simulator` or a host name. */
  provider: string;
  model: string;
  /** Where the model's calls go; the assistant closes it. Without one no tools are offered. */
  desk?: ToolDesk | undefined;
  prices?: PriceTable;
  /** What the session has cost before. */
  spentUsd?: number;
  /** What was said in the rooms that the session had before, oldest first. */
  past?: readonly PastFact[];
  /** The sum over all sessions of this process. */
  spending?: Spending;
  /** Age of a link, and tokens that an answer has to read, from which on a new one takes over. */
  rollOverAfterMs?: number;
  rollOverAfterTokens?: number;
  /** 0…1, for the jitter between attempts to connect. */
  random?: () => number;
}
