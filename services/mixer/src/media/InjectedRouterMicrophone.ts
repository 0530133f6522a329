import type { types } from 'mediasoup';
import type { InjectedMicrophone, InjectedPacket } from '../room/mediaPorts.ts';
import { openTap, RouterMicrophone } from './RouterMicrophone.ts';
import type { Wing } from './Wing.ts';
import { opusParameters } from './opusParameters.ts';
import { packRtp } from './packRtp.ts';

const LEVEL_EXTENSION_ID = 1;

/** A producer on the room's DirectTransport, fed with packets of a peer that is not mediasoup's. */
export class InjectedRouterMicrophone extends RouterMicrophone implements InjectedMicrophone {
  readonly #producer: types.Producer;
  readonly #ssrc: number;
  readonly #payloadType: number;

  private constructor(producer: types.Producer, tap: types.Consumer) {
    super(producer, tap);
    this.#producer = producer;
    this.#ssrc = producer.rtpParameters.encodings?.[0]?.ssrc ?? 0;
    this.#payloadType = producer.rtpParameters.codecs[0]?.payloadType ?? 0;
  }

  static async inject(wing: Wing): Promise<InjectedRouterMicrophone> {
    const producer = await wing.direct.produce({
      kind: 'audio',
      rtpParameters: opusParameters({ levelExtensionId: LEVEL_EXTENSION_ID }),
    });
    return new InjectedRouterMicrophone(producer, await openTap(producer, wing));
  }

  send(packet: InjectedPacket): void {
    if (this.closed) return;
    this.#producer.send(
      packRtp(packet, {
        ssrc: this.#ssrc,
        payloadType: this.#payloadType,
        levelExtensionId: LEVEL_EXTENSION_ID,
      }),
    );
  }
}
