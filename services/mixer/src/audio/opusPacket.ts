/** What can be told of an Opus packet without decoding it (RFC 6716 section 3.1: the TOC byte). */

const TICKS_PER_MS = 48;
/** No packet is longer (RFC 6716 section 3.2.5, rule R5). */
const MAX_TICKS = 120 * TICKS_PER_MS;
const SILK_MS = [10, 20, 40, 60];
const HYBRID_MS = [10, 20];
const CELT_MS = [2.5, 5, 10, 20];

/** Table 2: the length of one frame, ms. */
function frameMs(toc: number): number {
  const config = toc >> 3;
  if (config < 12) return SILK_MS[config & 3] ?? 0;
  if (config < 16) return HYBRID_MS[config & 1] ?? 0;
  return CELT_MS[config & 3] ?? 0;
}

/** Length of a packet in RTP ticks (48 kHz); 0 when it is no Opus packet. */
export function opusTicks(payload: Uint8Array): number {
  const toc = payload[0];
  if (toc === undefined) return 0;
  const code = toc & 3;
  if (code === 3 && payload.length < 2) return 0;
  const frames = code === 0 ? 1 : code === 3 ? (payload[1] ?? 0) & 0x3f : 2;
  const ticks = frames * frameMs(toc) * TICKS_PER_MS;
  return ticks <= MAX_TICKS ? ticks : 0;
}

/** A frame of at most one byte is not transmitted (RFC 6716 section 2.1.9, DTX): the TOC and next to nothing. */
export function isDtx(payload: Uint8Array): boolean {
  return payload.length <= 2;
}

/**
 * Whether the sender's encoder heard a voice in the packet's first frame; undefined when the packet does not tell
 * (RFC 6716 section 4.2.3: SILK frames begin with a flag for each 20 ms; CELT has none, packets of code 3 are not looked into).
 */
export function voiceFlag(payload: Uint8Array): boolean | undefined {
  const first = firstSilkByte(payload);
  return first === undefined ? undefined : first >> (8 - silkFrames(payload)) !== 0;
}

/**
 * Whether the packet repeats the frame before it at a lower rate (LBRR, RFC 6716 section 4.2.3: one flag after the
 * voice activity flags, at the very beginning of the first SILK frame). Packets of code 3 are taken to have none.
 */
export function hasFec(payload: Uint8Array): boolean {
  const first = firstSilkByte(payload);
  if (first === undefined) return false;
  const frames = silkFrames(payload);
  const mid = (first >> (7 - frames)) & 1;
  const side = ((payload[0] ?? 0) & 4) !== 0 ? (first >> (6 - 2 * frames)) & 1 : 0;
  return (mid | side) === 1;
}

/** Undefined for CELT alone, which has no such flags, and for packets of code 3. */
function firstSilkByte(payload: Uint8Array): number | undefined {
  const toc = payload[0] ?? 0;
  const code = toc & 3;
  if (toc >= 0x80 || code === 3) return undefined;
  const lengthBytes = code === 2 ? ((payload[1] ?? 0) >= 252 ? 2 : 1) : 0;
  return payload[1 + lengthBytes];
}

/** In an Opus frame, which may be as short as 10 ms. */
const silkFrames = (payload: Uint8Array): number => Math.max(1, frameMs(payload[0] ?? 0) / 20);
