import { complaints } from '@parley/kit/log';
import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { FrameClock, FrameClockStats } from '../audio/FrameClock.ts';
import type { AudioCounts } from '../room/AudioTotals.ts';
import type { Spending } from '../room/CostMeter.ts';
import type { Rooms } from '../room/Rooms.ts';
import type { Capacity } from './Capacity.ts';
import type { CommandCounts } from './CommandEndpoint.ts';
import { ReadMetrics } from './readMetrics.ts';

export interface MetricSources {
  rooms: Pick<Rooms, 'size' | 'participants' | 'audioCounts' | typeof Symbol.iterator>;
  maxRooms: number;
  capacity: Pick<Capacity, 'busy'>;
  /** What all rooms of this process have cost. */
  spending: Pick<Spending, 'usd' | 'responses' | 'tokens'>;
  frameClock: { stats: FrameClockStats } & Pick<FrameClock, 'lateness'>;
  /** What plain RTP ports dropped, by reason. */
  rtp: Readonly<Record<string, number>>;
  /** What goes to a provider by WebRTC. */
  pacing: { readonly waiting: number; readonly refused: number };
  commands: CommandCounts;
  eventLog: { depth: number };
  mediaReady: () => boolean;
  mediaCpuSeconds: () => Promise<number>;
}

const AUDIO: Record<keyof AudioCounts, string> = {
  received: 'RTP packets received from microphones',
  lost: 'RTP packets that never came',
  late: 'RTP packets that came too late to be heard',
  duplicate: 'RTP packets that came twice',
  concealed: 'Frames that were made up for lost ones',
  malformed: 'Packets that were no RTP or no Opus',
  recovered: 'Lost frames brought back by forward error correction',
  decoded: 'Packets that were decoded',
  skipped: 'Packets not decoded because they were silent',
};

const TOKENS: Record<keyof Spending['tokens'], string> = {
  inputTextTokens: 'input_text',
  inputAudioTokens: 'input_audio',
  cachedTokens: 'input_cached',
  outputTextTokens: 'output_text',
  outputAudioTokens: 'output_audio',
};

/** Upper bounds of the bins, ms. A frame is 20. */
const LATENESS_MS = [1, 2, 5, 10, 20, 40, 100, 200, 499];

/** Everything is read when somebody asks: counting costs the audio path nothing. */
export function createMetrics(registry: Registry, sources: MetricSources): void {
  collectDefaultMetrics({ register: registry, prefix: 'parley_mixer_' });
  const metrics = new ReadMetrics(registry, 'parley_mixer_');
  const { rooms, frameClock, commands, spending, pacing } = sources;

  metrics.gauge('rooms', 'Open rooms', () => rooms.size);
  metrics.gauge(
    'rooms_awake',
    'Rooms on the frame clock',
    () => [...rooms].filter(({ awake }) => awake).length,
  );
  metrics.gauge('participants', 'Participants in all rooms', () => rooms.participants);
  metrics.gauge('max_rooms', 'Rooms that this mixer may have', () => sources.maxRooms);
  metrics.gauge('busy', '1 while the load refuses new rooms', () => Number(sources.capacity.busy));
  metrics.gauge('event_outbox', 'Durable events waiting for Redis', () => sources.eventLog.depth);
  metrics.gauge('playout_queued_seconds', 'Speech of assistants that nobody has heard yet', () =>
    [...rooms].reduce((sum, { assistant }) => sum + assistant.queuedMs / 1_000, 0),
  );
  metrics.gauge('pacer_waiting', 'Packets that wait to go to a provider by WebRTC', () => pacing.waiting);
  metrics.counter(
    'pacer_refused',
    'Packets to a provider that were dropped because too many waited',
    () => pacing.refused,
  );
  metrics.gauge('media_worker_up', '1 while there is a media worker', () => Number(sources.mediaReady()));
  metrics.gauge(
    'media_worker_cpu_seconds',
    'CPU of the media workers of this moment',
    sources.mediaCpuSeconds,
  );
  metrics.gauges('assistants', 'Rooms by the state of their assistant', 'phase', () => {
    const phases: Record<string, number> = {};
    for (const { assistant } of rooms)
      phases[assistant.state.phase] = (phases[assistant.state.phase] ?? 0) + 1;
    return phases;
  });
  metrics.gauges('tick_lateness_ms', 'How late the frame clock wakes, lately', 'quantile', () => ({
    '0.5': frameClock.stats.latenessP50Ms,
    '0.99': frameClock.stats.latenessP99Ms,
  }));
  metrics.histogram(
    'tick_lateness_seconds',
    'How late the frame clock woke, to the millisecond; half a second is the most that is counted',
    LATENESS_MS.map((ms) => ms / 1_000),
    () => {
      const { count, sumMs, within } = frameClock.lateness(LATENESS_MS);
      return { count, sum: sumMs / 1_000, within };
    },
  );
  metrics.counter('ticks', 'Frames of 20 ms that were made', () => frameClock.stats.ticks);
  metrics.counter(
    'ticks_skipped',
    'Frames given up because the process was late',
    () => frameClock.stats.skipped,
  );
  for (const name of Object.keys(AUDIO) as (keyof AudioCounts)[])
    metrics.counter(`audio_${name}`, AUDIO[name], () => rooms.audioCounts()[name]);
  metrics.counters(
    'rtp_dropped',
    'Packets at plain RTP ports that were not taken, by reason',
    'reason',
    () => sources.rtp,
  );
  metrics.counter('responses', 'Responses of the provider', () => spending.responses);
  metrics.counter('cost_usd', 'US dollars for them, as far as prices are known', () => spending.usd);
  metrics.counters('tokens', 'Tokens of responses; input_cached is a part of the other input', 'kind', () => {
    const kinds = Object.entries(TOKENS) as [keyof typeof TOKENS, string][];
    return Object.fromEntries(kinds.map(([name, kind]) => [kind, spending.tokens[name]]));
  });
  for (const name of Object.keys(commands) as (keyof CommandCounts)[])
    metrics.counter(`commands_${name}`, `Commands of hubs: ${name}`, () => commands[name]);
  metrics.counters('log_lines', 'Lines of the log that somebody should read', 'level', () => ({
    ...complaints,
  }));
}
