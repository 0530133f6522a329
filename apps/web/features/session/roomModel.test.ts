import { describe, expect, test } from 'vitest';
import * as model from './roomModel.ts';
import { ADA, BEN, event, joined, joinReply, left, person, session } from './testing/samples.ts';

const room = model.enterRoom(null, joinReply({ events: [joined(1, ADA, 'Ada')] }));
const after = (...events: Parameters<typeof model.applyEvents>[1]) => model.applyEvents(room, events).room;
const names = ({ participants }: model.RoomModel) => participants.map((each) => each.name);

describe('people', () => {
  test('come, mute themselves and go', () => {
    const two = after(joined(2, BEN, 'Ben'));
    expect(names(two)).toEqual(['Ada', 'Ben']);
    const muted = model.applyEvents(two, [
      event(3, 'participant:muted', { participantId: BEN, muted: true }),
    ]).room;
    expect(muted.participants[1]?.muted).toBe(true);
    expect(names(model.applyEvents(muted, [left(4, BEN, 'Ben')]).room)).toEqual(['Ada']);
  });

  test('are muted by the owner, this device too, and get the microphone back', () => {
    const silence = (seq: number, participantId: typeof ADA, silenced: boolean) =>
      event(seq, 'participant:silenced', { participantId, name: 'X', silenced, by: null });
    const muted = after(joined(2, BEN, 'Ben'), silence(3, BEN, true), silence(4, ADA, true));
    expect([muted.me.silenced, muted.participants.map((each) => each.silenced)]).toEqual([
      true,
      [true, true],
    ]);
    const back = model.applyEvents(muted, [silence(5, ADA, false)]).room;
    expect([back.me.silenced, back.participants.map((each) => each.silenced)]).toEqual([
      false,
      [false, true],
    ]);
    expect(model.enterRoom(muted, joinReply()).me.silenced).toBe(false);
  });

  test('are kept out and let in again', () => {
    const lock = (seq: number, locked: boolean) => event(seq, 'session:locked', { locked, by: ADA });
    expect(after(lock(2, true)).session.locked).toBe(true);
    expect(after(lock(2, true), lock(3, false)).session.locked).toBe(false);
  });

  test('are away and back, and not away when they come anew', () => {
    const two = after(joined(2, BEN, 'Ben'));
    const away = model.applyPresence(two, { participantId: BEN, away: true });
    expect(away.participants.map((each) => each.away)).toEqual([false, true]);
    const back = model.applyPresence(away, { participantId: BEN, away: false });
    expect(back.participants.map((each) => each.away)).toEqual([false, false]);
    const anew = model.applyEvents(away, [left(3, BEN, 'Ben'), joined(4, BEN, 'Ben')]).room;
    expect(anew.participants[1]?.away).toBe(false);
  });

  test('are remembered in the order of the history, those who left too', () => {
    const after = model.applyEvents(room, [
      joined(2, BEN, 'Ben'),
      left(3, BEN, 'Ben'),
      joined(4, BEN, 'Ben'),
    ]).room;
    expect(after.everyone).toEqual([ADA, BEN]);
  });

  test('who join twice are there once', () => {
    expect(names(after(joined(2, BEN, 'Ben'), joined(3, BEN, 'Ben')))).toEqual(['Ada', 'Ben']);
  });

  test('after a reconnect are those of the answer, whatever its events say', () => {
    const reply = joinReply({
      events: [joined(2, BEN, 'Ben'), left(3, BEN, 'Ben')],
      session: session({ participants: [person(BEN, 'Ben', { joinedAt: 2_000 }), person(ADA, 'Ada')] }),
    });
    const again = model.enterRoom(room, reply);
    expect(names(again)).toEqual(['Ada', 'Ben']);
    expect(again.sequence.last).toBe(3);
    expect(again.transcript.filter((entry) => entry.kind === 'moment')).toHaveLength(3);
  });
});

test('the end is kept in the session', () => {
  expect(after(event(2, 'session:ended', { reason: 'idle' })).session).toMatchObject({
    state: 'ended',
    endedAt: 2_000,
  });
});

test('a state of the room replaces the former one', () => {
  const state = model.applyMessage(
    room,
    {
      type: 'room:state',
      sources: [{ participantId: BEN, producerId: 'm1', muted: false }],
      assistantProducerId: 'a1',
      assistant: { phase: 'listening', simulated: true, message: null },
    },
    0,
  );
  expect(state).toMatchObject({ assistantProducerId: 'a1', assistant: { simulated: true } });
  const speaking = model.applyMessage(
    state,
    { type: 'assistant:state', assistant: { phase: 'speaking', simulated: true, message: null } },
    0,
  );
  expect(speaking.assistant.phase).toBe('speaking');
});

describe('typed text', () => {
  const typing = model.typeText(room, 'c1', 'Hello');
  const sent = event(2, 'text:sent', { itemId: 't', participantId: ADA, name: 'Ada', text: 'Hello' });
  const result = (accepted: boolean, message: string | null = null) =>
    model.applyMessage(typing, { type: 'text:result', id: 'c1', accepted, message }, 0);

  test('waits until the room has it', () => {
    expect(result(true).texts).toEqual([{ id: 'c1', text: 'Hello', at: 'accepted' }]);
    expect(model.applyEvents(result(true), [sent]).room.texts).toEqual([]);
  });

  test('is gone when the fact overtakes the answer', () => {
    const overtaken = model.applyEvents(typing, [sent]).room;
    expect(overtaken.texts).toEqual([]);
    const late = model.applyMessage(
      overtaken,
      { type: 'text:result', id: 'c1', accepted: true, message: null },
      0,
    );
    expect(late.texts).toEqual([]);
  });

  test('of somebody else takes nothing of mine away', () => {
    const other = event(2, 'text:sent', { itemId: 't', participantId: BEN, name: 'Ben', text: 'Hello' });
    expect(model.applyEvents(typing, [other]).room.texts).toHaveLength(1);
  });

  test('that is refused says why, can be tried again or dropped', () => {
    const refused = result(false, 'Too fast');
    expect(refused.texts).toEqual([{ id: 'c1', text: 'Hello', at: 'failed', why: 'Too fast' }]);
    expect(model.typeText(refused, 'c1', 'Hello').texts).toEqual([
      { id: 'c1', text: 'Hello', at: 'sending' },
    ]);
    expect(model.dropText(refused, 'c1').texts).toEqual([]);
  });

  test('that was accepted does not fail any more', () => {
    expect(model.failText(result(true), 'c1', 'late').texts[0]?.at).toBe('accepted');
  });
});

describe('notices', () => {
  const notice = (message: string) => ({ type: 'notice', level: 'info', message }) as const;

  test('are shown once each, the newest four', () => {
    const many = ['a', 'b', 'b', 'c', 'd', 'e'].reduce(
      (known, message) => model.applyMessage(known, notice(message), 0),
      room,
    );
    expect(many.notices.map((each) => each.message)).toEqual(['b', 'c', 'd', 'e']);
    expect(model.dropNotice(many, many.notices[0]?.id ?? -1).notices).toHaveLength(3);
  });
});
