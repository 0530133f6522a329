import { messageOf } from './messageOf.ts';

const WITHIN_MS = 5_000;

/** Throws with words when no hub answers there, or one that cannot work now. */
export async function checkHub(url: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(WITHIN_MS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    throw new Error(`No hub answers at ${url} (${messageOf(cause)}). Is it running?`, { cause: error });
  }
  if (!response.ok)
    throw new Error(
      `The hub at ${url} is not ready (${response.status}): ${(await response.text()).slice(0, 300)}`,
    );
}
