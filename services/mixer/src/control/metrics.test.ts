import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { LatenessHistogram } from '../audio/LatenessHistogram.ts';
import { FakeAssistant } from '../testing/FakeAssistant.ts';
import { Spending } from '../room/CostMeter.ts';
import { noAudio } from '../room/AudioTotals.ts';
import { createMetrics } from './metrics.ts';

test('M140 every scrape shows the present counts, not their sum over scrapes', async () => {
  const audio = { ...noAudio(), received: 7 };
  const room = { awake: true, assistant: new FakeAssistant() };
  const spending = new Spending();
  const tokens = { inputTextTokens: 1, inputAudioTokens: 20, cachedTokens: 5, outputTextTokens: 2 };
  spending.add({ ...tokens, outputAudioTokens: 30 }, 0.25);
  const lateness = new LatenessHistogram();
  for (const ms of [0.2, 3, 3, 700]) lateness.add(ms);
  const registry = new Registry();
  createMetrics(registry, {
    rooms: {
      size: 1,
      participants: 3,
      audioCounts: () => audio,
      [Symbol.iterator]: () => [room][Symbol.iterator]() as never,
    },
    maxRooms: 100,
    capacity: { busy: true },
    spending,
    frameClock: {
      stats: { ticks: 50, skipped: 1, latenessP50Ms: 0.2, latenessP99Ms: 3 },
      lateness: (bounds) => lateness.total(bounds),
    },
    pacing: { waiting: 3, refused: 1 },
    rtp: { foreign: 3 },
    commands: { answered: 4, refused: 1, repeated: 0, late: 0, malformed: 0 },
    eventLog: { depth: 2 },
    mediaReady: () => true,
    mediaCpuSeconds: async () => 1.5,
  });
  await registry.metrics();
  audio.received = 9;
  const text = await registry.metrics();
  for (const line of [
    'parley_mixer_rooms 1',
    'parley_mixer_rooms_awake 1',
    'parley_mixer_participants 3',
    'parley_mixer_audio_received_total 9',
    'parley_mixer_commands_answered_total 4',
    'parley_mixer_assistants{phase="listening"} 1',
    'parley_mixer_tick_lateness_ms{quantile="0.99"} 3',
    'parley_mixer_tick_lateness_seconds_bucket{le="0.002"} 1',
    'parley_mixer_tick_lateness_seconds_bucket{le="0.005"} 3',
    'parley_mixer_tick_lateness_seconds_bucket{le="0.499"} 3',
    'parley_mixer_tick_lateness_seconds_bucket{le="+Inf"} 4',
    'parley_mixer_tick_lateness_seconds_sum 0.7062',
    'parley_mixer_tick_lateness_seconds_count 4',
    'parley_mixer_audio_decoded_total 0',
    'parley_mixer_busy 1',
    'parley_mixer_pacer_refused_total 1',
    'parley_mixer_playout_queued_seconds 0',
    'parley_mixer_rtp_dropped_total{reason="foreign"} 3',
    'parley_mixer_media_worker_cpu_seconds 1.5',
    'parley_mixer_event_outbox 2',
    'parley_mixer_responses_total 1',
    'parley_mixer_cost_usd_total 0.25',
    'parley_mixer_tokens_total{kind="output_audio"} 30',
  ])
    expect(text).toContain(`${line}\n`);
});
