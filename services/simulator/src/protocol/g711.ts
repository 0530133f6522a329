/** G.711 (ITU-T G.711): one byte per sample at 8 kHz, here to and from 24 kHz. */

type Law = 'audio/pcmu' | 'audio/pcma';

const UP = 3;
/** Added before mu-law finds the segment, so that every segment begins at a power of two. */
const MU_BIAS = 132;
const MU_CLIP = 32_635;

/** 8 kHz bytes to 24 kHz samples, with straight lines between. */
export function decodeG711(bytes: Uint8Array, law: Law): Int16Array {
  const expand = law === 'audio/pcmu' ? expandMu : expandA;
  const out = new Int16Array(bytes.length * UP);
  let before = 0;
  for (const [i, byte] of bytes.entries()) {
    const sample = expand(byte);
    for (let k = 1; k <= UP; k += 1) out[i * UP + k - 1] = Math.round(before + ((sample - before) * k) / UP);
    before = sample;
  }
  return out;
}

/** 24 kHz samples to 8 kHz bytes; each byte is the mean of three samples. */
export function encodeG711(samples: Int16Array, law: Law): Buffer {
  const compress = law === 'audio/pcmu' ? compressMu : compressA;
  const out = Buffer.alloc(Math.floor(samples.length / UP));
  for (let i = 0; i < out.length; i += 1) {
    let sum = 0;
    for (let k = 0; k < UP; k += 1) sum += samples[i * UP + k] ?? 0;
    out[i] = compress(Math.round(sum / UP));
  }
  return out;
}

function expandMu(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 15) << 3) + MU_BIAS) << ((code >> 4) & 7)) - MU_BIAS;
  return code & 0x80 ? -magnitude : magnitude;
}

function compressMu(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), MU_CLIP) + MU_BIAS;
  const segment = Math.max(0, 31 - Math.clz32(magnitude) - 7);
  const code = (segment << 4) | ((magnitude >> (segment + 3)) & 15);
  return ~(code | (sample < 0 ? 0x80 : 0)) & 0xff;
}

function expandA(byte: number): number {
  const code = byte ^ 0x55;
  const segment = (code >> 4) & 7;
  const step = ((code & 15) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 256) << (segment - 1);
  return code & 0x80 ? magnitude : -magnitude;
}

function compressA(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), 32_767);
  const segment = Math.max(0, 31 - Math.clz32(magnitude | 1) - 7);
  const bits = segment === 0 ? magnitude >> 4 : magnitude >> (segment + 3);
  return ((segment << 4) | (bits & 15) | (sample < 0 ? 0 : 0x80)) ^ 0x55;
}
