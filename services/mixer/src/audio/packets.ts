/**
 * Frames that came from a provider as Opus carry their packet along, so that it is forwarded and not encoded again. A
 * frame that is cut, joined or copied on its way has none; whoever changes one in place forgets it.
 */
const packets = new WeakMap<Int16Array, Uint8Array>();

/** `packet` decodes to just this frame of 480 samples. Both belong to whoever gets the frame. */
export function carryPacket(frame: Int16Array, packet: Uint8Array): void {
  packets.set(frame, packet);
}

export const packetOf = (frame: Int16Array): Uint8Array | undefined => packets.get(frame);

export function forgetPacket(frame: Int16Array): void {
  packets.delete(frame);
}
