import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { FrameClockStats } from '../audio/FrameClock.ts';
import type { AudioCounts } from '../room/AudioTotals.ts';
import type { Spending } from '../room/CostMeter.ts';
import type { Rooms } from '../room/Rooms.ts';
import type { CommandCounts } from './CommandEndpoint.ts';

export interface MetricSources {
  rooms: Pick<Rooms, 'size' | 'participants' | 'audioCounts' | typeof Symbol.iterator>;
  /** What all rooms of this process have cost. */
  spending: Pick<Spending, 'usd' | 'responses' | 'tokens'>;
  frameClock: { stats: FrameClockStats };
  /** What plain RTP ports dropped, by reason. */
  rtp: Readonly<Record<string, number>>;
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
  skipped: 'Packets not decoded because they were silent',
};

const TOKENS: Record<keyof Spending['tokens'], string> = {
  inputTextTokens: 'input_text',
  inputAudioTokens: 'input_audio',
  cachedTokens: 'input_cached',
  outputTextTokens: 'output_text',
  outputAudioTokens: 'output_audio',
};

/** Everything is read when somebody asks: counting costs the audio path nothing. */
export function createMetrics(sources: MetricSources): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'parley_mixer_' });
  const { rooms, frameClock, commands, eventLog } = sources;
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    registry.registerMetric(
      new Gauge({
        name: `parley_mixer_${name}`,
        help,
        registers: [],
        async collect() {
          this.set(await read());
        },
      }),
    );
  const counter = (name: string, help: string, read: () => number) =>
    registry.registerMetric(
      new Counter({
        name: `parley_mixer_${name}_total`,
        help,
        registers: [],
        collect() {
          this.reset();
          this.inc(read());
        },
      }),
    );

  gauge('rooms', 'Open rooms', () => rooms.size);
  gauge('rooms_awake', 'Rooms on the frame clock', () => [...rooms].filter(({ awake }) => awake).length);
  gauge('participants', 'Participants in all rooms', () => rooms.participants);
  gauge('event_outbox', 'Durable events waiting for Redis', () => eventLog.depth);
  gauge('media_worker_up', '1 while there is a media worker', () => (sources.mediaReady() ? 1 : 0));
  gauge('media_worker_cpu_seconds', 'CPU of the present media worker', sources.mediaCpuSeconds);
  registry.registerMetric(
    new Gauge({
      name: 'parley_mixer_assistants',
      help: 'Rooms by the state of their assistant',
      labelNames: ['phase'],
      registers: [],
      collect() {
        this.reset();
        for (const { assistant } of rooms) this.inc({ phase: assistant.state.phase });
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'parley_mixer_tick_lateness_ms',
      help: 'How late the frame clock wakes',
      labelNames: ['quantile'],
      registers: [],
      collect() {
        this.set({ quantile: '0.5' }, frameClock.stats.latenessP50Ms);
        this.set({ quantile: '0.99' }, frameClock.stats.latenessP99Ms);
      },
    }),
  );
  counter('responses', 'Responses of the provider', () => sources.spending.responses);
  counter('cost_usd', 'US dollars for them, as far as prices are known', () => sources.spending.usd);
  registry.registerMetric(
    new Counter({
      name: 'parley_mixer_tokens_total',
      help: 'Tokens of responses; input_cached is a part of the other input',
      labelNames: ['kind'],
      registers: [],
      collect() {
        this.reset();
        for (const [name, kind] of Object.entries(TOKENS) as [keyof typeof TOKENS, string][])
          this.inc({ kind }, sources.spending.tokens[name]);
      },
    }),
  );
  counter('ticks', 'Frames of 20 ms that were made', () => frameClock.stats.ticks);
  counter('ticks_skipped', 'Frames given up because the process was late', () => frameClock.stats.skipped);
  for (const name of Object.keys(AUDIO) as (keyof AudioCounts)[])
    counter(`audio_${name}`, AUDIO[name], () => rooms.audioCounts()[name]);
  registry.registerMetric(
    new Counter({
      name: 'parley_mixer_rtp_dropped_total',
      help: 'Packets at plain RTP ports that were not taken, by reason',
      labelNames: ['reason'],
      registers: [],
      collect() {
        this.reset();
        for (const [reason, count] of Object.entries(sources.rtp)) this.inc({ reason }, count);
      },
    }),
  );
  for (const name of Object.keys(commands) as (keyof CommandCounts)[])
    counter(`commands_${name}`, `Commands of hubs: ${name}`, () => commands[name]);
  return registry;
}
