import { findIn } from '../../support/audio/correlate.ts';
import { RATE } from '../../support/audio/voices.ts';
import type { ProviderView } from '../../support/ProviderView.ts';
import { beginningsOf, type Begun, type RoomRecord } from './Players.ts';
import { voiceOf } from './Talk.ts';
import type { EncodedVoice } from './voices.ts';

/** Each a list of single delays, ms. */
export interface Delays {
  /** From the packet with the first sound of a voice to the arrival of that sound at the provider. */
  micToProvider: number[];
  /** From the same packet to the first packet that another participant hears of it. */
  micToEar: number[];
  /** From the provider's first audio of a reply to its first packet at a participant. */
  providerToEar: number[];
  /** From the last packet of the last speaker to the first packet of the reply. */
  replyStart: number[];
}

export interface Probe {
  room: RoomRecord;
  /** The provider's end of this room's link; unknown at a hub of somebody else's. */
  connection: string | undefined;
}

const MARKER_SAMPLES = (RATE * 300) / 1000;
const FOUND = 0.6;
const WITHIN_MS = 1_500;
const REPLY_WITHIN_MS = 4_000;

export const noDelays = (): Delays => ({
  micToProvider: [],
  micToEar: [],
  providerToEar: [],
  replyStart: [],
});

/** What a conversation has left behind: everything that began after `sinceMs`. */
export async function delaysOf(
  { room, connection }: Probe,
  {
    voices,
    provider,
    sinceMs,
  }: { voices: readonly EncodedVoice[]; provider: ProviderView | undefined; sinceMs: number },
): Promise<Delays> {
  const delays = noDelays();
  const begun = room.begun.filter(({ atMs }) => atMs >= sinceMs);
  for (const { atMs, bot } of begun) {
    const ear = room.bots[(bot + 1) % room.bots.length];
    const heard = firstAfter(beginningsOf(ear, bot), atMs, WITHIN_MS);
    if (heard !== undefined) delays.micToEar.push(heard - atMs);
  }
  const ear = beginningsOf(room.bots[0], 'assistant');
  for (const endedMs of room.ended.filter((atMs) => atMs >= sinceMs)) {
    const heard = firstAfter(ear, endedMs + 100, REPLY_WITHIN_MS);
    if (heard !== undefined) delays.replyStart.push(heard - endedMs);
  }
  if (!provider || connection === undefined) return delays;
  const openedMs = await openedAt(provider, connection);
  await addProvider(delays.micToProvider, { provider, connection, openedMs }, begun, voices);
  for (const saidMs of await firstAudio(provider, connection, openedMs)) {
    if (saidMs < sinceMs) continue;
    const heard = firstAfter(ear, saidMs, 500);
    if (heard !== undefined) delays.providerToEar.push(heard - saidMs);
  }
  return delays;
}

/** The beginning of a voice is the marker: nobody else is heard then, and it is found in what arrived. */
async function addProvider(
  into: number[],
  { provider, connection, openedMs }: { provider: ProviderView; connection: string; openedMs: number },
  begun: readonly Begun[],
  voices: readonly EncodedVoice[],
): Promise<void> {
  const [input, appends, connections] = await Promise.all([
    provider.input(connection),
    provider.appends(connection),
    provider.connections(),
  ]);
  const dropped = connections.find(({ id }) => id === connection)?.inputDroppedSamples ?? 0;
  for (const { atMs, bot } of begun) {
    const voice = voiceOf(voices, bot);
    if (!voice) continue;
    const near = appends.filter(
      (append) => append.atMs + openedMs > atMs - 20 && append.atMs + openedMs < atMs + WITHIN_MS,
    );
    const [first, last] = [near[0], near.at(-1)];
    if (!first || !last || first.start < dropped) continue;
    const heard = input.samples.subarray(first.start - dropped, last.start + last.samples - dropped);
    if (heard.length < MARKER_SAMPLES) continue;
    const { score, at } = findIn(voice.pcm.subarray(0, MARKER_SAMPLES), heard);
    if (score < FOUND) continue;
    const place = first.start + at;
    const append = near.find(({ start, samples }) => place < start + samples);
    if (append) into.push(append.atMs + openedMs - atMs);
  }
}

/** When the connection was opened, by this process' clock. */
async function openedAt(provider: ProviderView, id: string): Promise<number> {
  const found = (await provider.connections()).find((connection) => connection.id === id);
  return Date.parse(found?.openedAt ?? '') - (Date.now() - performance.now());
}

/** When the first audio of each reply left the provider. */
async function firstAudio(provider: ProviderView, id: string, openedMs: number): Promise<number[]> {
  const seen = new Set<unknown>();
  const found: number[] = [];
  for (const { atMs, event } of await provider.sent(id)) {
    if (event['type'] !== 'response.output_audio.delta' || seen.has(event['response_id'])) continue;
    seen.add(event['response_id']);
    found.push(atMs + openedMs);
  }
  return found;
}

function firstAfter(times: readonly number[], fromMs: number, withinMs: number): number | undefined {
  return times.find((atMs) => atMs >= fromMs && atMs < fromMs + withinMs);
}
