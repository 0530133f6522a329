import { Histogram, type Registry } from 'prom-client';

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

/** Histograms of how long the provider takes, for whoever watches its links. Times are given in ms. */
export function providerTimes(registry: Registry) {
  const timed = <Label extends string>(name: string, help: string, labelNames: Label[]) => {
    const options = { name: `parley_mixer_${name}_seconds`, help, labelNames, buckets: SECONDS };
    return new Histogram({ ...options, registers: [registry] });
  };
  const connects = timed('provider_connect', 'Attempts to connect to the provider', ['outcome']);
  const confirmed = timed(
    'provider_confirm',
    'From asking for a response to its confirmation: the way to the provider and back',
    [],
  );
  const firsts = timed(
    'first_audio',
    'To the first sound of a reply, since it was asked for, and since the provider heard the end of speech',
    ['since'],
  );
  const responses = timed('response', 'From asking for a response until it is made', ['status']);
  // Counted from the first one on: a rate knows nothing of what came before a series was first read.
  for (const outcome of ['ok', 'refused', 'given-up']) connects.zero({ outcome });
  for (const since of ['asked', 'speech-end']) firsts.zero({ since });
  for (const status of ['completed', 'cancelled', 'failed', 'incomplete', 'lost']) responses.zero({ status });
  return {
    connected: (outcome: string, ms: number) => connects.observe({ outcome }, ms / 1_000),
    confirmed: (ms: number) => confirmed.observe(ms / 1_000),
    firstAudio: (since: string, ms: number) => firsts.observe({ since }, ms / 1_000),
    responded: (status: string, ms: number) => responses.observe({ status }, ms / 1_000),
  };
}
