import { JobFailure } from './Runner.ts';
import { shorten } from './shorten.ts';

const WORDS: Readonly<Record<number, string>> = {
  400: 'did not accept the request',
  401: 'did not accept the key',
  403: 'did not allow the request',
  404: 'does not know the model or the address',
  413: 'found the request too long',
  429: 'has too many requests from us just now, or the account has run out',
  529: 'is overloaded',
};

/** An answer of a provider that is no answer, in words. It may be tried again where the provider may have recovered. */
export function providerFailure(
  provider: string,
  status: number | undefined,
  detail: string,
  costUsd: number | null = null,
): JobFailure {
  const what =
    status === undefined
      ? 'could not be reached'
      : (WORDS[status] ?? (status >= 500 ? 'has a fault' : 'refused'));
  const code = status === undefined ? '' : ` (${status})`;
  const retryable = status === undefined || status === 429 || status >= 500;
  return new JobFailure(`${provider} ${what}${code}: ${shorten(detail.trim() || 'no reason given', 500)}`, {
    retryable,
    costUsd,
  });
}
