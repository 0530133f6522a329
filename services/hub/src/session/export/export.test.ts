import { newApprovalId, newEventId, newJobId, newParticipantId, newSessionId } from '@parley/contract';
import type { EventData, EventType, SessionEvent, SessionView } from '@parley/contract';
import { expect, test } from 'vitest';
import { unknownSettings } from '../fold.ts';
import { exportSession } from './formats.ts';

const id = newSessionId();
const anna = { participantId: newParticipantId(), name: 'Anna' };
const ben = { participantId: newParticipantId(), name: 'Ben' };
const BEGAN = Date.UTC(2026, 10, 20, 17, 41, 0);
const session: SessionView = {
  ...unknownSettings(id),
  title: 'Plan *B*',
  id,
  state: 'ended',
  createdAt: BEGAN,
  endedAt: BEGAN + 60_000,
  endReason: 'idle',
  participantCount: 2,
  locked: false,
  maxParticipants: 16,
  participants: [anna, ben].map(({ participantId, name }) => ({
    id: participantId,
    name,
    role: 'speaker',
    client: 'browser',
    muted: false,
    silenced: false,
    away: false,
    joinedAt: BEGAN,
  })),
};

let seq = 0;
function event<Type extends EventType>(atMs: number, type: Type, data: EventData<Type>): SessionEvent {
  seq += 1;
  return { id: newEventId(), sessionId: id, seq, at: BEGAN + atMs, type, data } as SessionEvent;
}
const turn = (
  atMs: number,
  startMs: number,
  endMs: number,
  text: string,
  ...shares: [typeof anna, number][]
) =>
  event(atMs, 'turn:completed', {
    itemId: `item_${startMs}`,
    text,
    failure: text === '' ? 'too short' : null,
    startMs,
    endMs,
    speakers: shares.map(([who, share]) => ({ ...who, share })),
    overlap: shares.length > 1 ? 0.25 : 0,
    answer: 'asked',
  });
const reply = (
  atMs: number,
  text: string,
  heardMs: number,
  status: 'completed' | 'cancelled' = 'completed',
) =>
  event(atMs, 'reply:completed', {
    itemId: `r_${atMs}`,
    responseId: 'r',
    text,
    status,
    audioMs: 3_000,
    heardMs,
    heardText: status === 'cancelled' ? text.slice(0, 2) : null,
    resumes: null,
  });

const typed = event(14_500, 'text:sent', { itemId: 't', ...ben, text: 'line one\n# line two' });
const events = [
  event(0, 'session:created', session),
  event(1_000, 'participant:joined', { ...anna, role: 'speaker', client: 'browser' }),
  turn(6_000, 1_000, 4_500, 'What <now> --> next?', [anna, 1]),
  reply(9_000, 'This & that.', 2_000),
  turn(14_000, 9_000, 12_000, '', [ben, 0.7], [anna, 0.3]),
  typed,
  reply(16_000, 'Cut', 700, 'cancelled'),
  event(20_000, 'participant:left', { ...anna, reason: 'left' }),
  event(21_000, 'tool:called', { callId: 'c', name: 'find_it', arguments: '{}' }),
  event(30_000, 'room:moved', { reason: 'mixer-lost', gapMs: 1_240 }),
  event(60_000, 'session:ended', { reason: 'idle' }),
];

async function* stream() {
  yield* events;
}
async function read(format: 'json' | 'ndjson' | 'md' | 'vtt'): Promise<string> {
  let text = '';
  for await (const piece of exportSession(format, session, stream())) text += piece;
  return text;
}

test('json has the session and every event', async () => {
  const parsed = JSON.parse(await read('json')) as { session: unknown; events: unknown[] };
  expect(parsed.session).toEqual(session);
  expect(parsed.events).toEqual(events);
});

test('ndjson has one event a line', async () => {
  const lines = (await read('ndjson')).split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(events);
});

test('markdown reads as a conversation, with names and times, and shows markup as it was said', async () => {
  expect(await read('md')).toBe(`# Plan \\*B\\*

- Session: ${id}
- When: 20 November 2026 at 17:41 – 20 November 2026 at 17:42 (UTC)
- Assistant: Parley, voice marin
- Participants: Anna, Ben

*17:41:01 Anna joined*

**Anna** (17:41:06)  
What \\<now\\> --\\> next?

**Parley** (17:41:09)  
This & that.

**Ben and Anna** (17:41:14, 70 % and 30 %, 25 % at the same time)  
(not transcribed: too short)

**Ben** (17:41:14, typed)  
line one  
\\# line two

**Parley** (17:41:16, cut off after 0.7 s)  
Cu …

*17:41:20 Anna left*

*17:41:21 The assistant called find\\_it*

*17:41:30 The conversation went on at another voice server, after 1.2 s*

*17:42:00 The session ended*
`);
});

test('webvtt has spoken turns where the room heard them, and the rest around them', async () => {
  expect(await read('vtt')).toBe(`WEBVTT

NOTE
Plan *B*, session ${id}

1
00:00:01.000 --> 00:00:04.500
<v Anna>What &lt;now&gt; --&gt; next?</v>

2
00:00:05.500 --> 00:00:07.500
<v Parley>This &amp; that.</v>

3
00:00:09.000 --> 00:00:12.000
<v Ben and Anna>(not transcribed: too short)</v>

4
00:00:12.500 --> 00:00:14.000
<v Ben>line one # line two</v>

5
00:00:13.300 --> 00:00:14.000
<v Parley>Cu …</v>
`);
});

test('webvtt goes on where it was when a new room starts its clock again', async () => {
  const moved = [turn(5_000, 1_000, 4_000, 'before', [anna, 1]), turn(30_000, 500, 1_500, 'after', [ben, 1])];
  async function* both() {
    yield* moved;
  }
  let text = '';
  for await (const piece of exportSession('vtt', session, both())) text += piece;
  expect(text).toContain('00:00:01.000 --> 00:00:04.000\n<v Anna>');
  expect(text).toContain('00:00:04.500 --> 00:00:05.500\n<v Ben>');
});

test('a session in which nothing was said still opens in every format', async () => {
  async function* nothing() {
    yield* [] as SessionEvent[];
  }
  const empty = async (format: 'json' | 'ndjson' | 'md' | 'vtt') => {
    let text = '';
    for await (const piece of exportSession(format, session, nothing())) text += piece;
    return text;
  };
  expect(JSON.parse(await empty('json'))).toMatchObject({ events: [] });
  expect(await empty('ndjson')).toBe('');
  expect(await empty('md')).toContain('# Plan');
  expect(await empty('vtt')).toMatch(/^WEBVTT\n\nNOTE\n.*\n$/);
});

test('markdown has each job with who asked, what came of it and its result', async () => {
  const job = { jobId: newJobId(), number: 7 };
  const by = { participantId: ben.participantId, name: ben.name };
  const cause = {
    askers: [{ ...anna, role: 'speaker' as const, share: 1 }],
    overlap: 0,
    by: 'voice' as const,
    words: 'Count them',
  };
  const told = [
    event(1_000, 'job:created', { ...job, kind: 'code', task: 'Count *all* stars', cause, state: 'asking' }),
    event(1_000, 'approval:requested', {
      ...job,
      approvalId: newApprovalId(),
      what: 'Count *all* stars',
      detail: null,
      why: 'Anna is a speaker',
      roles: ['owner'],
      expiresAt: 0,
    }),
    event(2_000, 'approval:decided', { ...job, approvalId: newApprovalId(), decision: 'approved', ...by }),
    event(2_500, 'job:steered', { ...job, instruction: 'also the small ones', ...by }),
    event(9_000, 'job:finished', {
      ...job,
      outcome: 'completed',
      text: '# Stars\nThere are 12.',
      truncated: true,
      files: [{ path: 'stars.txt', change: 'added', added: 1, removed: 0 }],
      artifacts: ['result'],
      costUsd: 0.125,
      durationMs: 6_500,
    }),
  ];
  async function* both() {
    yield* told;
  }
  const read = async (format: 'md' | 'vtt') => {
    let text = '';
    for await (const piece of exportSession(format, session, both())) text += piece;
    return text;
  };
  const text = await read('md');
  expect(text.slice(text.indexOf('\n*17:'))).toBe(`
*17:41:01 Anna asked for job 7: Count \\*all\\* stars*

*17:41:01 Job 7 waits to be allowed: Count \\*all\\* stars*

*17:41:02 Ben said yes (job 7)*

*17:41:02 Ben told job 7: also the small ones*

### Job 7: Count \\*all\\* stars

- Asked by: Anna
- Outcome: done after 6.5 s, $0.13
- Files: stars.txt (added)

> \\# Stars
> There are 12.
> (the whole result is longer)
`);
  expect(await read('vtt')).not.toContain('star');
});
