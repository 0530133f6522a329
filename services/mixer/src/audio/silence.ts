/** One packet of 20 ms that decodes to silence, whatever came before it: CELT, fullband, no energy. */
export const SILENT_PACKET = Uint8Array.of(0xf8, 0xff, 0xfe);
