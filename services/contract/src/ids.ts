import { z } from 'zod';

/** Digits and letters that survive being read aloud: no 0/o, 1/l/i. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const CHAR = '[2-9a-hjkmnp-z]';

const prefixed = (prefix: string, length: number) =>
  z.string().regex(new RegExp(`^${prefix}_${CHAR}{${length}}$`), `Expected an ID like ${prefix}_…`);

/** `k7fm-2xqd`: short enough to read aloud. Unguessable only together with a participant's token. */
export const SessionId = z
  .string()
  .regex(new RegExp(`^${CHAR}{4}-${CHAR}{4}$`), 'A session ID looks like k7fm-2xqd')
  .brand<'SessionId'>();
export type SessionId = z.infer<typeof SessionId>;

export const ParticipantId = prefixed('p', 12).brand<'ParticipantId'>();
export type ParticipantId = z.infer<typeof ParticipantId>;
export const EventId = prefixed('e', 20).brand<'EventId'>();
export type EventId = z.infer<typeof EventId>;
export const CommandId = prefixed('c', 16).brand<'CommandId'>();
export type CommandId = z.infer<typeof CommandId>;
export const MixerId = prefixed('mixer', 8).brand<'MixerId'>();
export type MixerId = z.infer<typeof MixerId>;
export const JobId = prefixed('j', 12).brand<'JobId'>();
export type JobId = z.infer<typeof JobId>;
export const ApprovalId = prefixed('a', 12).brand<'ApprovalId'>();
export type ApprovalId = z.infer<typeof ApprovalId>;
export const NoticeId = prefixed('n', 12).brand<'NoticeId'>();
export type NoticeId = z.infer<typeof NoticeId>;
export const HubId = prefixed('hub', 8).brand<'HubId'>();
export type HubId = z.infer<typeof HubId>;

/** Uniform over the alphabet: bytes that would favour its first letters are thrown away. */
function randomText(length: number): string {
  const limit = 256 - (256 % ALPHABET.length);
  let text = '';
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length * 2))) {
      if (byte < limit && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}

export const newSessionId = (): SessionId => SessionId.parse(`${randomText(4)}-${randomText(4)}`);
export const newParticipantId = (): ParticipantId => ParticipantId.parse(`p_${randomText(12)}`);
export const newEventId = (): EventId => EventId.parse(`e_${randomText(20)}`);
export const newCommandId = (): CommandId => CommandId.parse(`c_${randomText(16)}`);
export const newMixerId = (): MixerId => MixerId.parse(`mixer_${randomText(8)}`);
export const newJobId = (): JobId => JobId.parse(`j_${randomText(12)}`);
export const newApprovalId = (): ApprovalId => ApprovalId.parse(`a_${randomText(12)}`);
export const newNoticeId = (): NoticeId => NoticeId.parse(`n_${randomText(12)}`);
export const newHubId = (): HubId => HubId.parse(`hub_${randomText(8)}`);

/**
 * What a person typed or pasted, as a session ID: any case, spaces or no dash, or a whole join link.
 * Returns undefined when there is none in it.
 */
export function readSessionId(typed: string): SessionId | undefined {
  const text = typed.trim().toLowerCase();
  const inLink = /\/(?:s|join|session|sessions)\/([^/?#]+)/.exec(text)?.[1] ?? text;
  const bare = inLink.replaceAll(/[\s-]/g, '');
  const parsed = SessionId.safeParse(`${bare.slice(0, 4)}-${bare.slice(4)}`);
  return parsed.success ? parsed.data : undefined;
}
