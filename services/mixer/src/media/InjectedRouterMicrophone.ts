import type { types } from 'mediasoup';
import type { InjectedMicrophone, InjectedPacket } from '../room/mediaPorts.ts';
import { RouterMicrophone } from './RouterMicrophone.ts';
import type { Wing } from './Wing.ts';
import { opusParameters } from './opusParameters.ts';
import { packRtp } from './packRtp.ts';

const LEVEL_EXTENSION_ID = 1;

/**
 * A producer on the room's DirectTransport, fed with packets of a peer that is not mediasoup's. They are heard here as they
 * come, and go to the media worker only while there are devices to forward them to.
 */
export class InjectedRouterMicrophone extends RouterMicrophone implements InjectedMicrophone {
  readonly #producer: types.Producer;
  readonly #forwarded: () => boolean;
  readonly #identity: Parameters<typeof packRtp>[1];

  private constructor(producer: types.Producer, forwarded: () => boolean) {
    super(producer, undefined);
    this.#producer = producer;
    this.#forwarded = forwarded;
    this.#identity = {
      ssrc: producer.rtpParameters.encodings?.[0]?.ssrc ?? 0,
      payloadType: producer.rtpParameters.codecs[0]?.payloadType ?? 0,
      levelExtensionId: LEVEL_EXTENSION_ID,
    };
  }

  static async inject(wing: Wing, forwarded: () => boolean): Promise<InjectedRouterMicrophone> {
    const producer = await wing.direct.produce({
      kind: 'audio',
      rtpParameters: opusParameters({ levelExtensionId: LEVEL_EXTENSION_ID }),
    });
    wing.keep(producer);
    return new InjectedRouterMicrophone(producer, forwarded);
  }

  override get levelExtensionId(): number {
    return LEVEL_EXTENSION_ID;
  }

  send(packet: InjectedPacket): void {
    if (this.closed) return;
    if (this.#forwarded()) this.#producer.send(packRtp(packet, this.#identity));
    const { ssrc, payloadType } = this.#identity;
    this.events.emit('packet', { ...packet, ssrc, payloadType });
  }
}
