import { describe, expect, it } from 'vitest';
import type { ServerEvent } from '../protocol/serverEvents.ts';
import type { TurnDetection } from '../session/sessionSchema.ts';
import { defaultTurnDetection } from '../session/settings.ts';
import { quiet, voice } from '../testing/sound.ts';
import { InputTurns } from './InputTurns.ts';
import { speechMs } from './level.ts';

function listen(settings: Partial<TurnDetection> | null = {}) {
  const events: ServerEvent[] = [];
  const calls: string[] = [];
  const commits: Int16Array[] = [];
  const detection = settings && ({ ...defaultTurnDetection('server_vad'), ...settings } as TurnDetection);
  const turns = new InputTurns(detection, (event) => events.push(event), {
    commit: (_id, samples) => {
      calls.push('commit');
      commits.push(samples);
    },
    interrupt: () => calls.push('interrupt'),
    respond: () => calls.push('respond'),
  });
  return { turns, events, calls, commits };
}

const ms = (samples: Int16Array | undefined) => (samples?.length ?? 0) / 24;

describe('voice detection', () => {
  it('S30 S31 counts padding and silence in audio written', () => {
    const { turns, events, calls, commits } = listen();
    turns.append(quiet(1000));
    turns.append(voice(800));
    turns.append(quiet(480));
    expect(events.map((event) => event.type)).toEqual(['input_audio_buffer.speech_started']);
    turns.append(quiet(20));
    expect(events).toMatchObject([
      { type: 'input_audio_buffer.speech_started', audio_start_ms: 700 },
      { type: 'input_audio_buffer.speech_stopped', audio_end_ms: 2300 },
    ]);
    expect(calls).toEqual(['interrupt', 'commit', 'respond']);
    expect(ms(commits[0])).toBe(1600);
  });

  it('S30 one long append gives the same as many small ones', () => {
    const whole = listen();
    const pieces = listen();
    const audio = Int16Array.from([
      ...quiet(1000),
      ...voice(800),
      ...quiet(1000),
      ...voice(300),
      ...quiet(600),
    ]);
    whole.turns.append(audio);
    for (let at = 0; at < audio.length; at += 333) pieces.turns.append(audio.subarray(at, at + 333));
    const seen = (events: ServerEvent[]) => events.map((event) => ({ ...event, item_id: 'any' }));
    expect(seen(pieces.events)).toEqual(seen(whole.events));
    expect(whole.events).toHaveLength(4);
    expect(pieces.commits).toEqual(whole.commits);
  });

  it('S31 a click is no speech', () => {
    const { turns, events } = listen();
    turns.append(quiet(200));
    turns.append(voice(40));
    turns.append(quiet(1000));
    expect(events).toEqual([]);
  });

  it('S31 padding never reaches back before the last turn', () => {
    const { turns, events } = listen({ silence_duration_ms: 100, prefix_padding_ms: 300 });
    turns.append(voice(200));
    turns.append(quiet(100));
    turns.append(voice(200));
    expect(events.at(-1)).toMatchObject({ type: 'input_audio_buffer.speech_started', audio_start_ms: 300 });
  });

  it('S33 a higher threshold wants louder speech', () => {
    const faint = voice(400).map((sample) => sample / 60);
    const loud = listen({ threshold: 1 });
    const fine = listen({ threshold: 0.1 });
    loud.turns.append(faint);
    fine.turns.append(faint);
    expect(loud.events).toEqual([]);
    expect(fine.events).toHaveLength(1);
  });

  it('S33 eagerness is a length of silence', () => {
    const ends = (['high', 'medium', 'low'] as const).map((eagerness) => {
      const { turns, events } = listen({ type: 'semantic_vad', eagerness });
      turns.append(voice(200));
      turns.append(quiet(3000));
      return events[1];
    });
    expect(ends).toMatchObject([{ audio_end_ms: 500 }, { audio_end_ms: 900 }, { audio_end_ms: 1700 }]);
  });

  it('S32 both flags false: events, but nobody is interrupted or answered', () => {
    const { turns, calls, events } = listen({ create_response: false, interrupt_response: false });
    turns.append(voice(200));
    turns.append(quiet(600));
    expect(calls).toEqual(['commit']);
    expect(events).toHaveLength(2);
  });

  it('speech of ten minutes is committed even without a pause', () => {
    const { turns, calls } = listen();
    const minute = voice(60_000);
    for (let i = 0; i < 10; i += 1) turns.append(minute);
    expect(calls).toEqual(['interrupt', 'commit', 'respond']);
  });
});

describe('commit and clear by hand', () => {
  it('S34 commits what was written since the last commit', () => {
    const { turns, commits } = listen(null);
    turns.append(voice(90));
    expect(() => turns.commit()).toThrow('buffer only has 90.00ms of audio');
    turns.append(quiet(10));
    turns.commit();
    expect(ms(commits[0])).toBe(100);
    expect(() => turns.commit()).toThrow('buffer only has 0.00ms');
  });

  it('S34 clear empties the buffer, the input clock goes on', () => {
    const { turns, events } = listen(null);
    turns.append(voice(500));
    turns.clear();
    expect(events).toEqual([{ type: 'input_audio_buffer.cleared' }]);
    expect(() => turns.commit()).toThrow('too small');
    expect(turns.writtenMs).toBe(500);
  });

  it('S34 a commit in the middle of speech ends the turn without speech_stopped', () => {
    const { turns, calls, events } = listen();
    turns.append(voice(400));
    turns.commit();
    turns.append(quiet(1000));
    expect(events.map((event) => event.type)).toEqual(['input_audio_buffer.speech_started']);
    expect(calls).toEqual(['interrupt', 'commit']);
  });

  it('S34 ten minutes without a commit are the most', () => {
    const { turns } = listen(null);
    const minute = quiet(60_000);
    for (let i = 0; i < 10; i += 1) turns.append(minute);
    expect(() => turns.append(quiet(100))).toThrow('10 minutes');
    turns.commit();
    turns.append(quiet(100));
  });

  it('audio written before detection was turned off is not lost', () => {
    const { turns, commits } = listen();
    turns.append(voice(410));
    turns.configure(null);
    turns.append(voice(90));
    turns.commit();
    expect(ms(commits[0])).toBe(500);
  });
});

describe('the idle timeout', () => {
  it('S37 counts from when the answer will have been played', () => {
    const { turns, events, calls } = listen({ idle_timeout_ms: 2000 });
    turns.append(quiet(5000));
    expect(calls).toEqual([]);
    turns.answered(1000);
    turns.append(quiet(2980));
    expect(calls).toEqual([]);
    turns.append(quiet(20));
    expect(events).toMatchObject([
      { type: 'input_audio_buffer.timeout_triggered', audio_start_ms: 6000, audio_end_ms: 8000 },
    ]);
    expect(calls).toEqual(['commit', 'respond']);
    turns.append(quiet(5000));
    expect(events).toHaveLength(1);
  });

  it('S37 speech and a running answer stop it', () => {
    const { turns, events } = listen({ idle_timeout_ms: 500 });
    turns.answered(0);
    turns.answering();
    turns.append(quiet(2000));
    turns.answered(0);
    turns.append(voice(100));
    turns.append(quiet(2000));
    expect(events.map((event) => event.type)).not.toContain('input_audio_buffer.timeout_triggered');
  });
});

describe('speechMs', () => {
  it('is the span from the first to the last loud frame', () => {
    expect(
      speechMs(Int16Array.from([...quiet(300), ...voice(400), ...quiet(100), ...voice(200), ...quiet(500)])),
    ).toBe(700);
    expect(speechMs(quiet(1000))).toBe(0);
  });
});
