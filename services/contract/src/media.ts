import { z } from 'zod';

/**
 * What mediasoup and mediasoup-client say to each other through the hub. The hub only carries it; the mixer's mediasoup
 * checks it in full. Here it only has to be a JSON object (the payload limit of the socket bounds its size).
 */
export const MediaParameters = z.record(z.string(), z.unknown());
export type MediaParameters = z.infer<typeof MediaParameters>;

/** An ID that mediasoup made (a UUID). */
export const MediaId = z.string().min(1).max(64);

export const TransportDirection = z.enum(['send', 'recv']);
export type TransportDirection = z.infer<typeof TransportDirection>;

export const TransportOptions = z.object({
  id: MediaId,
  iceParameters: MediaParameters,
  iceCandidates: z.array(MediaParameters),
  dtlsParameters: MediaParameters,
  sctpParameters: MediaParameters,
});
export type TransportOptions = z.infer<typeof TransportOptions>;

export const ConsumerOptions = z.object({
  id: MediaId,
  producerId: MediaId,
  kind: z.literal('audio'),
  rtpParameters: MediaParameters,
});
export type ConsumerOptions = z.infer<typeof ConsumerOptions>;

export const DataConsumerOptions = z.object({
  id: MediaId,
  dataProducerId: MediaId,
  sctpStreamParameters: MediaParameters,
  label: z.string(),
  protocol: z.string(),
});
export type DataConsumerOptions = z.infer<typeof DataConsumerOptions>;

/**
 * The media commands of one participant: what the page asks of the hub and the hub, unchanged, of the mixer.
 * Consumers start paused; `media:resume` lets them flow.
 */
export const MEDIA_COMMANDS = {
  'transport:create': { request: z.object({ direction: TransportDirection }), reply: TransportOptions },
  'transport:connect': {
    request: z.object({ transportId: MediaId, dtlsParameters: MediaParameters }),
    reply: z.object({}),
  },
  'transport:restart-ice': {
    request: z.object({ transportId: MediaId }),
    reply: z.object({ iceParameters: MediaParameters }),
  },
  'media:produce': {
    request: z.object({ transportId: MediaId, rtpParameters: MediaParameters }),
    reply: z.object({ producerId: MediaId }),
  },
  'media:consume': {
    request: z.object({ transportId: MediaId, producerId: MediaId, rtpCapabilities: MediaParameters }),
    reply: ConsumerOptions,
  },
  'media:resume': { request: z.object({ consumerId: MediaId }), reply: z.object({}) },
  'data:produce': {
    request: z.object({
      transportId: MediaId,
      sctpStreamParameters: MediaParameters,
      label: z.string().max(64),
      protocol: z.string().max(64),
    }),
    reply: z.object({ dataProducerId: MediaId }),
  },
  'data:consume': { request: z.object({ transportId: MediaId }), reply: DataConsumerOptions },
} as const;
export type MediaCommand = keyof typeof MEDIA_COMMANDS;
