import type { Asker, AuthorityDecision, CallCause, Role, ToolPolicy } from '@parley/contract';

/** One voice speaks for a turn when it has at least this part of it, and little of it was spoken at once. */
export const CLEAR_SHARE = 0.75;
export const CLEAR_OVERLAP = 0.25;

export interface Judgement {
  decision: AuthorityDecision;
  /** In words, for the timeline: what the decision rests on. */
  reason: string;
}

/**
 * Whether a call may be done, by the rights of whoever's words caused it. A clear voice or an author counts alone; when
 * it is unclear who asked, all who may have asked must have the right. Otherwise somebody with the right has to allow it.
 */
export function decide(cause: CallCause, policy: ToolPolicy): Judgement {
  if (!policy.enabled) return { decision: 'refused', reason: 'This tool is switched off in this session' };
  return judge(cause, policy.use, policy.approve);
}

/** The same about a job that is there: those who may stop and steer it, and whoever asked for it. */
export function decideAbout(cause: CallCause, job: { cause: CallCause; policy: ToolPolicy }): Judgement {
  const own = new Set(job.cause.askers.map(({ participantId }) => participantId));
  const askers = cause.askers.map((asker) =>
    own.has(asker.participantId) ? { ...asker, role: 'own' as const } : asker,
  );
  const judged = judge({ ...cause, askers }, [...job.policy.approve, 'own'], job.policy.approve);
  return judged.decision === 'asked' ? { ...judged, decision: 'refused' } : judged;
}

type Rank = Role | 'own';
type Voice = Omit<Asker, 'role'> & { role: Rank };
type Words = Omit<CallCause, 'askers'> & { askers: readonly Voice[] };

function judge(cause: Words, allowed: readonly Rank[], approvers: readonly Role[]): Judgement {
  const { who, because } = responsible(cause);
  const lacking = who.filter(({ role }) => !allowed.includes(role));
  if (who.length > 0 && lacking.length === 0)
    return { decision: 'allowed', reason: `${because}${listed(who.map(described))}` };
  const reason =
    who.length === 0 ? because : `${because}${listed(lacking.map(described))}, and may not ask for this`;
  if (approvers.length === 0) return { decision: 'refused', reason: `${reason}. Nobody may allow it here` };
  return { decision: 'asked', reason };
}

/** Those whose right counts, and why it is they. Nobody when it can not be known who asked. */
function responsible({ askers, by, overlap }: Words): { who: readonly Voice[]; because: string } {
  const nobody = { who: [], because: 'Nobody is known to have asked for this' };
  const [first] = askers;
  if (by === 'nobody' || !first) return nobody;
  if (by === 'text') return { who: askers, because: '' };
  if (overlap > CLEAR_OVERLAP && askers.length === 1)
    return { who: [], because: `${first.name} spoke, but somebody unknown spoke at the same time` };
  const loudest = askers.toSorted((a, b) => b.share - a.share)[0] ?? first;
  if (askers.length > 1 && by === 'voice' && loudest.share >= CLEAR_SHARE && overlap <= CLEAR_OVERLAP)
    return { who: [loudest], because: `Mostly one voice (${percent(loudest.share)}): ` };
  if (askers.length === 1) return { who: askers, because: '' };
  const names = listed(askers.map(({ name }) => name));
  return {
    who: askers,
    because: `${names} ${overlap > CLEAR_OVERLAP ? 'spoke at once' : 'took part in it'}: `,
  };
}

const described = ({ name, role }: Voice) =>
  role === 'own' ? `${name} asked for this job` : `${name} is ${role === 'owner' ? 'an' : 'a'} ${role}`;
const percent = (share: number) => `${Math.round(share * 100)} %`;
const listed = (parts: readonly string[]) => new Intl.ListFormat('en').format(parts);
