import { expect, test } from 'vitest';
import { ControlEnvelope } from './control.ts';
import { DeskRequest, JobPayload } from './desk.ts';
import { newCommandId, newHubId, newJobId, newSessionId } from './ids.ts';

const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const sessionId = newSessionId();
const messages = {
  ControlEnvelope: [
    ControlEnvelope,
    { id: newCommandId(), from: newHubId(), deadline: 1, name: 'room:close', body: {} },
  ],
  DeskRequest: [
    DeskRequest,
    {
      type: 'act',
      sessionId,
      by: { participantId: null, name: null, role: 'owner' },
      act: { command: 'job:cancel', jobId: newJobId() },
    },
  ],
  JobPayload: [JobPayload, { sessionId, jobId: newJobId(), number: 1, kind: 'code', task: 'x' }],
} as const;

test.each(Object.entries(messages))(
  '%s: a trace is carried, may be absent, and is never a reason',
  (_name, of) => {
    const [schema, message] = of;
    const traceOf = (traceparent: unknown) => schema.parse({ ...message, traceparent });
    expect(traceOf(TRACEPARENT)).toEqual({ ...message, traceparent: TRACEPARENT });
    // As an older process sends it.
    expect(schema.parse(message)).toEqual(message);
    for (const malformed of [
      null,
      5,
      {},
      '',
      'x',
      `${TRACEPARENT} `,
      `ff${TRACEPARENT.slice(2)}`,
      TRACEPARENT.repeat(9),
    ])
      expect(traceOf(malformed)).toEqual({ ...message, traceparent: undefined });
  },
);
