import { MaxTurnsExceededError, ModelBehaviorError, ModelRefusalError } from '@openai/agents';
import { APIConnectionError, APIError } from 'openai';
import { JobFailure } from '../../Runner.ts';
import { providerFailure } from '../../providerFailure.ts';
import { shorten } from '../../shorten.ts';

/** Why a run ended without a result, in words. What is no fault of the model or its provider comes back as it is. */
export function failureOf(error: unknown, maxTurns: number, costUsd: number | null): unknown {
  if (error instanceof JobFailure) return error;
  if (error instanceof MaxTurnsExceededError)
    return new JobFailure(`The team was not done after ${maxTurns} turns, its limit.`, { costUsd });
  if (error instanceof ModelRefusalError)
    return new JobFailure(`The model refused: ${shorten(error.message, 500)}`, { costUsd });
  if (error instanceof ModelBehaviorError)
    return new JobFailure(
      `The model answered something that the team cannot use: ${shorten(error.message, 500)}`,
      { costUsd },
    );
  if (error instanceof APIConnectionError)
    return providerFailure("The team's provider", undefined, error.message, costUsd);
  if (error instanceof APIError && typeof error.status === 'number')
    return providerFailure(
      "The team's provider",
      error.status,
      error.message.replace(/^\d{3} /, ''),
      costUsd,
    );
  if (error instanceof APIError || error instanceof SyntaxError || isNetworkError(error))
    return new JobFailure(
      `The answer of the team's provider broke off: ${shorten(error instanceof Error ? error.message : '', 500)}`,
      { retryable: true, costUsd, cause: error },
    );
  return error;
}

/** undici says "terminated" when a body ends too early. */
const isNetworkError = (error: unknown) =>
  error instanceof TypeError && /terminated|fetch failed|network/i.test(error.message);
