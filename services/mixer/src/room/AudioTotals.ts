import type { SourceStats } from '../audio/Source.ts';

/** What all sources together have seen; only ever grows. */
export interface AudioCounts {
  received: number;
  lost: number;
  late: number;
  duplicate: number;
  concealed: number;
  malformed: number;
  recovered: number;
  decoded: number;
  skipped: number;
}

const NAMES = [
  'received',
  'lost',
  'late',
  'duplicate',
  'concealed',
  'malformed',
  'recovered',
  'decoded',
  'skipped',
] as const satisfies (keyof AudioCounts & keyof SourceStats)[];

export const noAudio = (): AudioCounts => ({
  received: 0,
  lost: 0,
  late: 0,
  duplicate: 0,
  concealed: 0,
  malformed: 0,
  recovered: 0,
  decoded: 0,
  skipped: 0,
});

export function addCounts(sum: AudioCounts, more: AudioCounts): void {
  for (const name of NAMES) sum[name] += more[name];
}
