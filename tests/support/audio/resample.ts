/** Zero crossings of the sinc on each side: stop band about -70 dB, far below what a codec does to speech. */
const CROSSINGS = 16;

/** Mono from one rate to another by a windowed sinc with the cut-off at the lower Nyquist frequency. */
export function resample(samples: Int16Array, from: number, to: number): Int16Array {
  if (from === to) return samples.slice();
  const cutoff = Math.min(1, to / from) * 0.95;
  const reach = Math.ceil(CROSSINGS / cutoff);
  const out = new Int16Array(Math.floor((samples.length * to) / from));
  const taps = tapsFor(from, to, cutoff, reach);
  for (let i = 0; i < out.length; i++) {
    const place = (i * from) / to;
    const centre = Math.floor(place);
    const kernel = taps(place - centre);
    let sum = 0;
    for (let k = -reach + 1; k <= reach; k++)
      sum += (samples[centre + k] ?? 0) * (kernel[k + reach - 1] ?? 0);
    out[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return out;
}

/** Kernels by fraction of a sample; a rational ratio has few of them, so each is made once. */
function tapsFor(
  from: number,
  to: number,
  cutoff: number,
  reach: number,
): (fraction: number) => Float64Array {
  const made = new Map<number, Float64Array>();
  const phases = to / gcd(from, to);
  return (fraction) => {
    const phase = Math.round(fraction * phases);
    const ready = made.get(phase);
    if (ready) return ready;
    const kernel = new Float64Array(2 * reach);
    for (let k = -reach + 1; k <= reach; k++) {
      const x = k - phase / phases;
      const window =
        0.42 + 0.5 * Math.cos((Math.PI * x) / reach) + 0.08 * Math.cos((2 * Math.PI * x) / reach);
      kernel[k + reach - 1] = Math.abs(x) > reach ? 0 : cutoff * sinc(cutoff * x) * window;
    }
    made.set(phase, kernel);
    return kernel;
  };
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
