import { describe, expect, it } from 'vitest';
import { AudioTrack } from './AudioTrack.ts';
import { Inspector } from './Inspector.ts';
import { wavFile } from './wav.ts';

describe('S70 what is remembered', () => {
  it('the newest audio, and how much is gone', () => {
    const track = new AudioTrack(10);
    for (let i = 1; i <= 8; i += 1) track.write(new Int16Array(3).fill(i));
    expect(track.total).toBe(24);
    expect(track.chunks.flatMap((chunk) => [...chunk])).toEqual([5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8]);
    expect(track.dropped).toBe(12);
  });

  it('twenty connections: the oldest closed one makes room, an open one never', () => {
    const inspector = new Inspector(1);
    const records = Array.from({ length: 20 }, (_, i) =>
      inspector.begin(`conn_${i}`, 'sess', 'model', 'websocket'),
    );
    expect(inspector.begin('conn_20', 'sess', 'model', 'websocket')).toBeUndefined();
    const third = records[2];
    if (third) third.closed = { at: new Date(), code: 1000 };
    expect(inspector.begin('conn_21', 'sess', 'model', 'websocket')).toBeDefined();
    expect(inspector.find('conn_2')).toBeUndefined();
    expect(inspector.find('conn_0')).toBeDefined();
    expect(inspector.list()).toHaveLength(20);
  });

  it('events without their audio, and what was no event', () => {
    const record = new Inspector(1).begin('conn', 'sess', 'model', 'websocket');
    record?.sawClientText('{"type":"input_audio_buffer.append","audio":"AAAA"}');
    record?.sawClientText('no json');
    record?.sawServerEvent({ type: 'response.output_audio.delta', delta: 'AAAA' });
    record?.sawServerEvent({ type: 'response.output_text.delta', delta: 'kept' });
    expect(record?.received.map(({ event }) => event)).toEqual([
      { type: 'input_audio_buffer.append', audio: '[4 characters of base64]' },
      { unreadable: 'no json' },
    ]);
    expect(record?.sent.map(({ event }) => event['delta'])).toEqual(['[4 characters of base64]', 'kept']);
    for (let i = 0; i < 30_000; i += 1) record?.sawServerEvent({ type: 'x', i });
    expect(record?.sent.length).toBeLessThanOrEqual(20_000);
    expect(record?.sent.at(-1)?.event).toEqual({ type: 'x', i: 29_999 });
  });

  it('a WAV file of what was kept', () => {
    const file = wavFile([Int16Array.of(1, -1), Int16Array.of(2)]);
    expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect(file.readUInt32LE(24)).toBe(24_000);
    expect([file.readUInt32LE(40), file.length]).toEqual([6, 50]);
    expect([44, 46, 48].map((at) => file.readInt16LE(at))).toEqual([1, -1, 2]);
  });
});
