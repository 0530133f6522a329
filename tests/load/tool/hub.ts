import { messageOf } from './messageOf.ts';

const WITHIN_MS = 5_000;

/** Throws with words when no hub answers there, or one that cannot work now. */
export async function checkHub(url: string): Promise<void> {
  const answer = fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(WITHIN_MS) });
  const response = await answer.catch((error: unknown) => {
    // What `fetch` itself says is always the same; why is in its cause.
    const cause = error instanceof Error && error.cause ? error.cause : error;
    throw new Error(`No hub answers at ${url} (${messageOf(cause)}). Is it running?`, { cause });
  });
  if (response.ok) return;
  const words = (await response.text()).slice(0, 300);
  throw new Error(`At ${url} is no hub, or one that is not ready (${response.status}): ${words}`);
}
