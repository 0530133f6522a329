import { EventEmitter } from 'node:events';
import {
  AppError,
  MEDIA_COMMANDS,
  type MediaCommand,
  parseOrThrow,
  type TransportDirection,
} from '@parley/contract';
import type { Log } from '@parley/kit/log';
import type { types } from 'mediasoup';
import { z } from 'zod';
import type { DeviceLine, LineEvents } from '../room/mediaPorts.ts';
import type { Clock } from '../room/ports.ts';
import { toMediaError } from './mediaError.ts';
import { RouterMicrophone } from './RouterMicrophone.ts';
import { ICE_CONSENT_SECONDS, TransportWatch } from './transportWatch.ts';
import type { Wing } from './Wing.ts';

type Request<Name extends MediaCommand> = z.infer<(typeof MEDIA_COMMANDS)[Name]['request']>;
type Reply<Name extends MediaCommand> = z.infer<(typeof MEDIA_COMMANDS)[Name]['reply']>;
type Handlers = { [Name in MediaCommand]: (request: Request<Name>) => Promise<Reply<Name>> };

/** Bytes that may wait for a slow device before its messages are dropped: about a minute of levels. */
const SEND_BUFFER_BYTES = 262_144;

/** States of a connection in which nothing comes through. */
const DOWN: ReadonlySet<string> = new Set(['disconnected', 'closed', 'failed']);

/** mediasoup takes the number modulo 2^16; 65535 is no stream (RFC 8831 section 6.5). */
const SctpStream = z.object({
  streamId: z.number().int().min(0).max(65_534),
  ordered: z.boolean().optional(),
  maxPacketLifeTime: z.number().int().min(0).max(65_535).optional(),
  maxRetransmits: z.number().int().min(0).max(65_535).optional(),
});

export interface DeviceOptions {
  /** Where it is connected; being opened, perhaps. */
  wing: Promise<Wing>;
  clock: Clock;
  log: Log;
  maySpeak: boolean;
  onClosed: () => void;
}

/** One browser: a transport each way, its microphone, its consumers, its data channels. They close with it. */
export class Device implements DeviceLine {
  readonly events = new EventEmitter<LineEvents>();
  readonly #options: DeviceOptions;
  readonly #transports = new Map<TransportDirection, types.WebRtcTransport>();
  readonly #consumers = new Map<string, types.Consumer>();
  readonly #watch: TransportWatch;
  #microphone: RouterMicrophone | undefined;
  #upward: types.DataProducer | undefined;
  #downward: types.DataConsumer | undefined;
  #closed = false;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.#watch = new TransportWatch(options.clock, () => this.events.emit('gone'));
  }

  async command(name: MediaCommand, body: unknown): Promise<unknown> {
    try {
      return await this.#run(name, body);
    } catch (error) {
      throw toMediaError(error);
    }
  }

  send(text: string): void {
    // Rejects when the device reads too slowly or has just gone: what it misses is perishable.
    this.#downward?.send(text).catch((error: unknown) => {
      this.#options.log.debug({ err: error }, 'data message dropped');
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    for (const transport of this.#transports.values()) transport.close();
    this.#transports.clear();
    this.#consumers.clear();
    this.#options.onClosed();
  }

  #run<Name extends MediaCommand>(name: Name, body: unknown): Promise<Reply<Name>> {
    const handler: Handlers[Name] = this.#handlers[name];
    return handler(parseOrThrow(MEDIA_COMMANDS[name].request, body) as Request<Name>);
  }

  readonly #handlers: Handlers = {
    'transport:create': async ({ direction }) => {
      const { router, server } = await this.#options.wing;
      const transport = await router.createWebRtcTransport({
        webRtcServer: server,
        enableSctp: true,
        preferUdp: true,
        iceConsentTimeout: ICE_CONSENT_SECONDS,
        sctpSendBufferSize: SEND_BUFFER_BYTES,
      });
      this.#keep(transport);
      this.#transports.get(direction)?.close();
      this.#transports.set(direction, transport);
      this.#watch.add(transport);
      if (direction === 'send') this.#watchChannel(transport);
      const { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters } = transport;
      return { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters: sctpParameters ?? {} };
    },

    'transport:connect': async ({ transportId, dtlsParameters }) => {
      await this.#transport(transportId).connect({
        dtlsParameters: dtlsParameters as unknown as types.DtlsParameters,
      });
      return {};
    },

    'transport:restart-ice': async ({ transportId }) => ({
      iceParameters: await this.#transport(transportId).restartIce(),
    }),

    'media:produce': async ({ transportId, rtpParameters }) => {
      if (!this.#options.maySpeak)
        throw new AppError('forbidden', 'Listeners have no microphone here. Join as a speaker to talk.');
      const producer = await this.#transport(transportId, 'send').produce({
        kind: 'audio',
        rtpParameters: rtpParameters as unknown as types.RtpParameters,
      });
      const microphone = this.#keep(await RouterMicrophone.open(producer, await this.#options.wing));
      this.#microphone?.close();
      this.#microphone = microphone;
      this.events.emit('microphone', microphone);
      return { producerId: producer.id };
    },

    'media:consume': async ({ transportId, producerId, rtpCapabilities: offered }) => {
      const transport = this.#transport(transportId, 'recv');
      const rtpCapabilities = offered as types.RtpCapabilities;
      if (producerId === this.#microphone?.producerId)
        throw new AppError('bad-media', 'This is your own microphone: nobody should hear their own echo.');
      // A repeat (the answer was lost) gets the same consumer again, not a second voice.
      const existing = [...this.#consumers.values()].find(
        (consumer) => consumer.producerId === producerId && !consumer.closed,
      );
      const consumer = existing ?? (await this.#consume(transport, producerId, rtpCapabilities));
      return { id: consumer.id, producerId, kind: 'audio', rtpParameters: { ...consumer.rtpParameters } };
    },

    'media:resume': async ({ consumerId }) => {
      const consumer = this.#consumers.get(consumerId);
      if (!consumer) throw new AppError('media-not-found', 'No such consumer. Its source may have left.');
      await consumer.resume();
      return {};
    },

    'data:produce': async ({ transportId, sctpStreamParameters, label, protocol }) => {
      const dataProducer = await this.#transport(transportId, 'send').produceData({
        sctpStreamParameters: parseOrThrow(SctpStream, sctpStreamParameters),
        label,
        protocol,
      });
      this.#keep(dataProducer);
      const { direct } = await this.#options.wing;
      const tap = await direct.consumeData({ dataProducerId: dataProducer.id });
      this.#upward?.close();
      this.#upward = dataProducer;
      tap.on('message', (message) => this.events.emit('message', message));
      tap.once('dataproducerclose', () => this.#unreachable());
      return { dataProducerId: dataProducer.id };
    },

    'data:consume': async ({ transportId }) => {
      const transport = this.#transport(transportId, 'recv');
      if (!this.#downward || this.#downward.closed) {
        const dataProducerId = (await this.#options.wing).downward.id;
        this.#downward = this.#keep(await transport.consumeData({ dataProducerId, ordered: true }));
      }
      const { id, dataProducerId, sctpStreamParameters, label, protocol } = this.#downward;
      return { id, dataProducerId, sctpStreamParameters: { ...sctpStreamParameters }, label, protocol };
    },
  };

  /** What the device says comes by this one. It may come back (an ICE restart); until then it says nothing. */
  #watchChannel(transport: types.WebRtcTransport): void {
    const look = (state: string) => {
      if (DOWN.has(state)) this.#unreachable();
    };
    transport.on('sctpstatechange', look);
    transport.on('dtlsstatechange', look);
    transport.on('icestatechange', look);
  }

  #unreachable(): void {
    if (!this.#closed) this.events.emit('unreachable');
  }

  async #consume(
    transport: types.WebRtcTransport,
    producerId: string,
    rtpCapabilities: types.RtpCapabilities,
  ): Promise<types.Consumer> {
    const wing = await this.#options.wing;
    if (!(await wing.bring(producerId))) throw new AppError('media-not-found', 'This source has left.');
    if (!wing.router.canConsume({ producerId, rtpCapabilities }))
      throw new AppError('bad-media', 'This device cannot play what is sent here: it has no Opus.');
    const consumer = this.#keep(await transport.consume({ producerId, rtpCapabilities, paused: true }));
    this.#consumers.set(consumer.id, consumer);
    consumer.observer.once('close', () => this.#consumers.delete(consumer.id));
    return consumer;
  }

  /** The device's own transport. Throws `media-not-found` for any other one. */
  #transport(id: string, direction?: TransportDirection): types.WebRtcTransport {
    for (const [kind, transport] of this.#transports)
      if (transport.id === id && (direction === undefined || kind === direction)) return transport;
    const which = direction ? `${direction} connection` : 'connection';
    throw new AppError('media-not-found', `This device has no such ${which}. Join the session again.`);
  }

  /** What an await brought to a device that was closed meanwhile closes too. */
  #keep<Made extends { close(): void }>(made: Made): Made {
    if (!this.#closed) return made;
    made.close();
    throw new AppError('media-not-found', 'This device has left the session.');
  }
}
