import type { SessionEvent } from '@parley/contract';
import { unknownSettings } from '../session/fold.ts';
import { applyFact, type JobFact } from '../session/foldJobs.ts';
import type { Prisma } from '../store/database.ts';
import { toJob, toJobRow } from '../store/jobRows.ts';

type Transaction = Prisma.TransactionClient;
type Of<Type extends SessionEvent['type']> = Extract<SessionEvent, { type: Type }>;

/** Rows that the events of a batch hang on, made for those sessions that nobody has told the archive of. */
export async function ensureSessions(tx: Transaction, events: readonly SessionEvent[]): Promise<void> {
  const firsts = new Map<string, SessionEvent>();
  for (const event of events) if (!firsts.has(event.sessionId)) firsts.set(event.sessionId, event);
  await tx.session.createMany({
    data: [...firsts.values()].map(({ sessionId, at }) => ({
      id: sessionId,
      ...unknownSettings(sessionId),
      createdAt: new Date(at),
    })),
    skipDuplicates: true,
  });
}

/** Carries one event into the tables that people ask. Runs once per event: in the transaction that inserted it. */
export async function project(tx: Transaction, event: SessionEvent): Promise<void> {
  switch (event.type) {
    case 'session:created':
      return created(tx, event);
    case 'session:configured': {
      const data = { conversation: event.data.conversation };
      await tx.session.update({ where: { id: event.sessionId }, data });
      return;
    }
    case 'session:ended': {
      const data = { endedAt: new Date(event.at), endReason: event.data.reason };
      await tx.session.update({ where: { id: event.sessionId }, data });
      return;
    }
    case 'participant:joined':
      return joined(tx, event);
    case 'participant:left': {
      const data = { leftAt: new Date(event.at), leftReason: event.data.reason };
      await tx.participant.updateMany({ where: { id: event.data.participantId }, data });
      return;
    }
    case 'participant:muted': {
      const { participantId, muted } = event.data;
      await tx.participant.updateMany({ where: { id: participantId }, data: { muted } });
      return;
    }
    case 'turn:completed':
    case 'text:sent':
    case 'reply:completed':
      return message(tx, event);
    case 'usage:recorded': {
      const { responseId, model, usage, costUsd, causedBy } = event.data;
      const key = { sessionId: event.sessionId, responseId };
      const row = { seq: event.seq, model, ...usage, costUsd, causedBy, at: new Date(event.at) };
      await tx.usage.upsert({
        where: { sessionId_responseId: key },
        create: { ...key, ...row },
        update: row,
      });
      return;
    }
    case 'job:created':
    case 'approval:decided':
    case 'job:started':
    case 'job:progressed':
    case 'job:finished':
      return job(tx, event);
    case 'tool:decided':
    case 'approval:requested':
    case 'job:steered':
    case 'job:cancelling':
    case 'session:locked':
    case 'participant:silenced':
    case 'assistant:connected':
    case 'assistant:disconnected':
    case 'assistant:rolled-over':
    case 'cost:limited':
    case 'devices:grouped':
    case 'room:moved':
    case 'tool:called':
    case 'error:raised':
      return;
  }
}

async function created(tx: Transaction, event: Of<'session:created'>): Promise<void> {
  const { title, voice, agentName, systemPrompt, conversationId, conversation } = event.data;
  const createdAt = new Date(event.at);
  if (conversationId !== null)
    await tx.conversation.createMany({ data: [{ id: conversationId, createdAt }], skipDuplicates: true });
  const data = { title, voice, agentName, systemPrompt, conversationId, conversation, createdAt };
  await tx.session.update({ where: { id: event.sessionId }, data });
}

async function joined(tx: Transaction, event: Of<'participant:joined'>): Promise<void> {
  const { participantId: id, name, role, client } = event.data;
  const row = { sessionId: event.sessionId, name, role, client, muted: false };
  await tx.participant.upsert({
    where: { id },
    create: { id, ...row, joinedAt: new Date(event.at) },
    update: { ...row, leftAt: null, leftReason: null },
  });
}

async function job(tx: Transaction, event: JobFact): Promise<void> {
  // A step changes nothing that is asked for, unless it tells a cost.
  if (event.type === 'job:progressed' && event.data.costUsd === null) return;
  const row = await tx.job.findUnique({ where: { id: event.data.jobId } });
  const next = applyFact(row ? toJob(row) : undefined, event);
  if (!next) return;
  const data = toJobRow(event.sessionId, next);
  await tx.job.upsert({ where: { id: next.jobId }, create: data, update: data });
}

async function message(
  tx: Transaction,
  event: Of<'turn:completed'> | Of<'text:sent'> | Of<'reply:completed'>,
): Promise<void> {
  const key = { sessionId: event.sessionId, itemId: event.data.itemId };
  const row = {
    seq: event.seq,
    text: event.data.text,
    at: new Date(event.at),
    ...said(event),
  };
  await tx.message.upsert({ where: { sessionId_itemId: key }, create: { ...key, ...row }, update: row });
}

function said(event: Of<'turn:completed'> | Of<'text:sent'> | Of<'reply:completed'>) {
  if (event.type === 'reply:completed')
    return { role: 'assistant', speakers: [], heardMs: event.data.heardMs };
  if (event.type === 'turn:completed') {
    const { speakers, startMs, endMs } = event.data;
    return { role: 'user', speakers, startMs, endMs };
  }
  const { participantId, name } = event.data;
  return { role: 'user', speakers: [{ participantId, name, share: 1 }] };
}
