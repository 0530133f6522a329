import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { SessionProbe } from '../testing/SessionProbe.ts';
import { quiet, voice } from '../testing/sound.ts';
import { FaultInjector } from './FaultInjector.ts';
import { loadScenario, namedScenario, scenarioNames } from './loadScenario.ts';
import { Scenario, type Fault, type ScenarioInput } from './schema.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('S61 scenarios', () => {
  it.each(scenarioNames())('%s is well-formed', (name) => {
    expect(namedScenario(name).description).not.toBe('');
  });

  it('are found by name and by path', () => {
    const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'mine.json');
    writeFileSync(path, '{"pace":8}');
    expect(loadScenario(path).pace).toBe(8);
    expect(loadScenario('slow').firstOutputMs).toBe(3000);
    expect(loadScenario(undefined)).toEqual(Scenario.parse({}));
  });

  it.each(['nobody', '../package', '/etc/passwd', '__proto__'])('the name %j is unknown', (name) => {
    expect(() => namedScenario(name)).toThrow(`There is no scenario '${name}'`);
  });

  it('a wrong one says what and where', () => {
    expect(() => loadScenario('/nowhere.json')).toThrow('/nowhere.json cannot be read');
    const wrong = { turns: [{ reply: { say: 'Hello everybody. Nice weather.' } }] };
    expect(() => loadScenario(wrong)).toThrow('No recorded words for "nice weather"');
    expect(() => loadScenario({ speed: 4 } as ScenarioInput)).toThrow('speed');
  });
});

const TRANSCRIBED = { audio: { input: { transcription: { model: 'whisper-1' } } } };

function speakTurn(probe: SessionProbe): void {
  probe.append(voice(400), quiet(600));
  vi.advanceTimersByTime(30_000);
}

describe('turns and replies', () => {
  it('the n-th turn has the n-th words and answer', () => {
    const probe = new SessionProbe({
      turns: [
        { transcript: 'First.', reply: { say: 'Yes.' } },
        { transcript: 'Second.', reply: { say: 'No.' } },
      ],
    });
    probe.update(TRANSCRIBED);
    speakTurn(probe);
    speakTurn(probe);
    speakTurn(probe);
    const heard = probe.all('conversation.item.input_audio_transcription.completed');
    expect(heard.map((event) => event['transcript'])).toEqual(['First.', 'Second.', '[0.4 s of speech]']);
    expect(heard[0]).toMatchObject({ usage: { type: 'duration', seconds: 1 } });
    expect(probe.spoken()).toMatch(/^Yes\.No\.I heard less than one second of speech\./);
  });

  it('S42 a scripted transcript asks for tools like typed text', () => {
    const probe = new SessionProbe({ turns: [{ transcript: 'Please run code now.' }] });
    probe.update({ tools: [{ type: 'function', name: 'code' }] });
    speakTurn(probe);
    expect(probe.last('response.function_call_arguments.done')).toMatchObject({ name: 'code' });
  });

  it('the tools scenario calls, waits for outputs and announces them', () => {
    const probe = new SessionProbe('tools');
    speakTurn(probe);
    const { call_id, name } = probe.last('response.function_call_arguments.done');
    expect(name).toBe('code');
    probe.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id, output: 'hello' },
    });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(30_000);
    expect(probe.spoken()).toBe('The tool has finished. Its result is in the transcript.');
    speakTurn(probe);
    const outputs = probe.response()['output'] as { type: string }[];
    expect(outputs.map((item) => item.type)).toEqual(['message', 'function_call']);
  });

  it('a transcription can fail', () => {
    const probe = new SessionProbe({ turns: [{ transcriptionFails: { message: 'Not understood.' } }] });
    probe.update(TRANSCRIBED);
    speakTurn(probe);
    expect(probe.last('conversation.item.input_audio_transcription.failed')).toMatchObject({
      content_index: 0,
      error: { message: 'Not understood.', code: 'server_error' },
    });
  });

  it('a response can fail, late', () => {
    const probe = new SessionProbe({
      replies: [
        { when: {}, reply: { delayMs: 5000, fail: { code: 'rate_limit_exceeded', type: 'tokens' } } },
      ],
    });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(4900);
    expect(probe.types().at(-1)).toBe('response.created');
    vi.advanceTimersByTime(200);
    expect(probe.response()).toMatchObject({
      status: 'failed',
      output: [],
      status_details: { type: 'failed', error: { code: 'rate_limit_exceeded', type: 'tokens' } },
    });
  });

  it('when decides: words, out of band, the rest', () => {
    const probe = new SessionProbe({
      replies: [
        { when: { outOfBand: true }, reply: { text: '{"addressed":true}' } },
        { when: { contains: 'MONDAY' }, reply: { say: 'Yes.', text: 'Monday it is.' } },
      ],
    });
    const response = { output_modalities: ['text'] };
    probe.type('on monday?');
    probe.send({ type: 'response.create', response: { ...response, conversation: 'none' } });
    probe.send({ type: 'response.create', response });
    vi.advanceTimersByTime(5000);
    probe.type('and now?');
    probe.send({ type: 'response.create', response });
    vi.advanceTimersByTime(5000);
    const texts = probe.all('response.output_text.done').map((event) => event['text']);
    expect(texts.map(String).toSorted((a, b) => a.localeCompare(b))).toEqual([
      '{"addressed":true}',
      'Monday it is.',
      expect.stringContaining('You wrote: "and now?"'),
    ]);
  });

  it('S40 a text without recorded words says so when it has to speak', () => {
    const probe = new SessionProbe({ replies: [{ when: {}, reply: { text: 'Quarks.' } }] });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(20_000);
    expect(probe.spoken()).toBe('I have no recorded words for that.');
  });

  it('S43 the pace is the one of the scenario', () => {
    const probe = new SessionProbe({ pace: 2, firstOutputMs: 0 });
    probe.send({ type: 'response.create' });
    vi.advanceTimersByTime(1000);
    expect(probe.all('response.output_audio.delta')).toHaveLength(21);
  });
});

function injector(faults: Fault[]) {
  const done: string[] = [];
  const faulty = new FaultInjector(faults, {
    write: (text) => done.push(text),
    drop: () => done.push('DROP'),
    close: (code, reason) => done.push(`CLOSE ${code} ${reason}`),
    expire: () => done.push('EXPIRE'),
    error: ({ code }) => done.push(`ERROR ${code}`),
  });
  return { faulty, done };
}

const at = { event: 'x', count: 2 };
const error = { what: 'error', type: 't', code: 'c', message: 'm' } as const;

describe('S60 faults', () => {
  it.each<[string, Fault['do'], string[]]>([
    ['drop', { what: 'drop' }, ['x1', 'DROP', 'x3']],
    ['close', { what: 'close', code: 4000, reason: 'r' }, ['x1', 'CLOSE 4000 r', 'x3']],
    ['expire', { what: 'expire' }, ['x1', 'EXPIRE', 'x3']],
    ['omit', { what: 'omit' }, ['x1', 'x3']],
    ['duplicate', { what: 'duplicate' }, ['x1', 'x2', 'x2', 'x3']],
    ['malformed', { what: 'malformed', text: '{' }, ['x1', '{', 'x2', 'x3']],
    ['error', error, ['x1', 'ERROR c', 'x2', 'x3']],
  ])('%s strikes the second event of its type', (_name, strike, expected) => {
    const { faulty, done } = injector([{ at, do: strike }]);
    for (const text of ['x1', 'x2', 'x3']) {
      faulty.send('y', 'other');
      faulty.send('x', text);
    }
    expect(done.filter((text) => text !== 'other')).toEqual(expected);
    expect(done.filter((text) => text === 'other')).toHaveLength(3);
  });

  it('a delay holds back everything after it, in order', () => {
    const { faulty, done } = injector([{ at, do: { what: 'delay', ms: 1000 } }]);
    for (const text of ['x1', 'x2', 'x3']) faulty.send('x', text);
    faulty.send('y', 'y1');
    expect(done).toEqual(['x1']);
    vi.advanceTimersByTime(1000);
    faulty.send('x', 'x4');
    expect(done).toEqual(['x1', 'x2', 'x3', 'y1', 'x4']);
  });

  it('nothing comes after it was closed', () => {
    const { faulty, done } = injector([{ at: { event: 'x', count: 1 }, do: { what: 'delay', ms: 1000 } }]);
    faulty.send('x', 'x1');
    faulty.close();
    vi.advanceTimersByTime(5000);
    expect(done).toEqual([]);
  });
});
