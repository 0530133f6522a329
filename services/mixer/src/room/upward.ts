import { describeIssues, MAX_UPWARD_BYTES, UpwardMessage } from '@parley/contract';

export type ReadUpward = { ok: true; message: UpwardMessage } | { ok: false; words: string };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads what a device sent over its data channel; never throws. `words` are for the person who uses the device. */
export function readUpward(bytes: Uint8Array): ReadUpward {
  if (bytes.length > MAX_UPWARD_BYTES)
    return { ok: false, words: `That message is too long (${bytes.length} of ${MAX_UPWARD_BYTES} bytes).` };
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(bytes));
  } catch {
    return { ok: false, words: 'That message was not understood: it is not JSON.' };
  }
  const parsed = UpwardMessage.safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  return { ok: false, words: `That message was not understood: ${describeIssues(parsed.error)}` };
}
