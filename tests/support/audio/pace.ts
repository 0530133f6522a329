export interface Arrival {
  /** When it arrived, and how many samples came. */
  atMs: number;
  samples: number;
}

export interface Pace {
  /** Samples per second of wall time, from the first arrival to the last. */
  samplesPerSecond: number;
  /** Longest time in which nothing arrived. */
  longestPauseMs: number;
  /** Distance between the latest and the earliest arrival, measured against a perfect clock of that rate. */
  wobbleMs: number;
}

/** How evenly a stream came, judged by when its pieces arrived. */
export function paceOf(arrivals: readonly Arrival[], sampleRate: number): Pace {
  const [first, last] = [arrivals[0], arrivals.at(-1)];
  if (!first || !last || first === last) return { samplesPerSecond: 0, longestPauseMs: 0, wobbleMs: 0 };
  let samples = 0;
  let longestPauseMs = 0;
  const lateness: number[] = [];
  for (const [index, arrival] of arrivals.entries()) {
    // A piece is complete when it arrives: what came until then was spoken until then.
    if (index > 0) {
      longestPauseMs = Math.max(longestPauseMs, arrival.atMs - (arrivals[index - 1]?.atMs ?? 0));
      samples += arrival.samples;
    }
    lateness.push(arrival.atMs - first.atMs - (samples * 1000) / sampleRate);
  }
  return {
    samplesPerSecond: (samples * 1000) / (last.atMs - first.atMs),
    longestPauseMs,
    wobbleMs: Math.max(...lateness) - Math.min(...lateness),
  };
}
