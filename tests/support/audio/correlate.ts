import { fft, inverseFft } from './fft.ts';

export interface Match {
  /** Normalised cross-correlation, 1 the same wave, 0 unrelated, -1 inverted. Loudness does not matter. */
  score: number;
  /** Where in the recording the sought piece begins, in samples. */
  at: number;
}

/**
 * Finds the place in `recording` that is most like `piece`, both mono at the same rate. Every lag at which the piece
 * lies wholly inside is tried (by FFT). Places quieter than a hundredth of the recording's loudness do not count.
 * Of places about as good as the best (a voice that repeats itself) the first is taken.
 */
export function findIn(piece: Int16Array, recording: Int16Array): Match {
  const scores = slidingScores(piece, recording);
  const best = highest(scores, 0, scores.length);
  if (best.score <= 0) return { score: 0, at: 0 };
  const first = scores.findIndex((score) => score >= best.score * 0.97);
  // Neighbours on the flank of a peak are nearly as good as its top: 10 ms reach over any period of a voice.
  return highest(scores, first, first + PITCH_SAMPLES);
}

/** 10 ms at 24 kHz. */
const PITCH_SAMPLES = 240;

function highest(scores: Float64Array, from: number, to: number): Match {
  const best: Match = { score: 0, at: 0 };
  for (let at = from; at < Math.min(to, scores.length); at++) {
    const score = scores[at] ?? 0;
    if (score > best.score) Object.assign(best, { score, at });
  }
  return best;
}

function slidingScores(piece: Int16Array, recording: Int16Array): Float64Array {
  const lags = recording.length - piece.length + 1;
  if (piece.length === 0 || lags < 1) return new Float64Array();
  const scores = slidingProducts(piece, recording);
  const pieceEnergy = energy(piece);
  const floor = (energy(recording) / recording.length) * piece.length * 1e-4;
  let under = energy(recording.subarray(0, piece.length));
  for (let lag = 0; lag < lags; lag++) {
    if (lag > 0) {
      const gone = recording[lag - 1] ?? 0;
      const come = recording[lag + piece.length - 1] ?? 0;
      under += come * come - gone * gone;
    }
    scores[lag] = under <= floor ? 0 : (scores[lag] ?? 0) / Math.sqrt(pieceEnergy * under);
  }
  return scores;
}

/** For every lag the sum of piece[i] × recording[lag + i], in blocks so that memory stays small. */
function slidingProducts(piece: Int16Array, recording: Int16Array): Float64Array {
  const lags = recording.length - piece.length + 1;
  const size = 2 ** Math.ceil(Math.log2(Math.min(piece.length * 4, piece.length + lags)));
  const step = size - piece.length + 1;
  const pieceRe = new Float64Array(size);
  const pieceIm = new Float64Array(size);
  pieceRe.set(piece);
  fft(pieceRe, pieceIm);
  const products = new Float64Array(lags);
  for (let start = 0; start < lags; start += step) {
    const re = new Float64Array(size);
    const im = new Float64Array(size);
    re.set(recording.subarray(start, start + size));
    fft(re, im);
    for (let k = 0; k < size; k++) {
      const ar = re[k] ?? 0;
      const ai = im[k] ?? 0;
      const br = pieceRe[k] ?? 0;
      const bi = pieceIm[k] ?? 0;
      re[k] = ar * br + ai * bi; // times the conjugate: correlation, not convolution
      im[k] = ai * br - ar * bi;
    }
    inverseFft(re, im);
    const count = Math.min(step, lags - start);
    for (let k = 0; k < count; k++) products[start + k] = (re[k] ?? 0) / size;
  }
  return products;
}

function energy(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}
