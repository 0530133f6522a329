import type { Aside, Clock, RealtimeLink } from './ports.ts';
import { SUMMARY_QUESTION } from './wording.ts';

/** The link that is to be replaced may be slow, or ill: then first words must do. */
const WITHIN_MS = 10_000;
/** 250 words in any language. */
const MAX_TOKENS = 700;

/** What the model holds to be worth knowing of the conversation so far. Undefined when it does not say so in time. */
export async function askSummary(link: RealtimeLink, clock: Clock): Promise<Aside | undefined> {
  const late = Promise.withResolvers<undefined>();
  const undo = clock.after(WITHIN_MS, () => late.resolve(undefined));
  try {
    return await Promise.race([link.ask(SUMMARY_QUESTION, MAX_TOKENS), late.promise]);
  } catch {
    return undefined; // refused, or the link is gone: a summary is a luxury
  } finally {
    undo();
  }
}
