const TICKS_PER_FRAME = 960;
/** In each page: a second of sound, and far below the 255 that a page can hold. */
const PAGE_FRAMES = 50;
const VENDOR = 'parley';
const FIRST_PAGE = 2;
const LAST_PAGE = 4;

/** A file of mono Opus packets of 20 ms each (RFC 7845). Each packet has less than 255 bytes. */
export function oggOpus(packets: readonly Uint8Array[], sampleRate: number): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead');
  head.set([1, 1], 8); // version, channels
  head.writeUInt32LE(sampleRate, 12);
  const tags = Buffer.alloc(16 + VENDOR.length);
  tags.write('OpusTags');
  tags.writeUInt32LE(VENDOR.length, 8);
  tags.write(VENDOR, 12);
  const pages = [page([head], { number: 0, ticks: 0, flags: FIRST_PAGE })];
  pages.push(page([tags], { number: 1, ticks: 0, flags: 0 }));
  for (let at = 0; at < packets.length; at += PAGE_FRAMES) {
    const end = Math.min(packets.length, at + PAGE_FRAMES);
    const flags = end === packets.length ? LAST_PAGE : 0;
    pages.push(page(packets.slice(at, end), { number: pages.length, ticks: end * TICKS_PER_FRAME, flags }));
  }
  return Buffer.concat(pages);
}

/** RFC 3533 section 6. */
function page(
  packets: readonly Uint8Array[],
  { number, ticks, flags }: { number: number; ticks: number; flags: number },
): Buffer {
  const header = Buffer.alloc(27 + packets.length);
  header.write('OggS');
  header[5] = flags;
  header.writeBigUInt64LE(BigInt(ticks), 6);
  header.writeUInt32LE(1, 14); // the stream's number
  header.writeUInt32LE(number, 18);
  header[26] = packets.length;
  header.set(
    packets.map(({ length }) => length),
    27,
  );
  const whole = Buffer.concat([header, ...packets]);
  whole.writeUInt32LE(checksum(whole), 22);
  return whole;
}

/** CRC-32 with the polynomial 0x04c11db7, neither reflected nor inverted; its own field counts as zero. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x8000_0000 ? (sum << 1) ^ 0x04c1_1db7 : sum << 1;
  }
  return sum >>> 0;
}
