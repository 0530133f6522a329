import type { z } from 'zod';
import type { ConsumerOptions, TransportOptions } from '@parley/contract';

type Transport = z.infer<typeof TransportOptions>;
type Consumer = z.infer<typeof ConsumerOptions>;

interface IceParameters {
  usernameFragment: string;
  password: string;
}
interface IceCandidate {
  foundation: string;
  protocol: string;
  priority: number;
  address: string;
  port: number;
}
interface Fingerprint {
  algorithm: string;
  value: string;
}

/** One media line of what a mediasoup transport would say if it spoke SDP. */
export interface RemoteLine {
  mid: string;
  kind: 'audio' | 'application';
  direction: 'sendonly' | 'recvonly';
  payloadType?: number;
  levelExtensionId?: number;
  ssrc?: number;
}

/** SDP for a mediasoup transport, as mediasoup-client makes it: ICE lite, DTLS role left to us. */
export function remoteSdp(transport: Transport, lines: readonly RemoteLine[], setup: string): string {
  const ice = transport.iceParameters as unknown as IceParameters;
  const candidates = transport.iceCandidates as unknown as IceCandidate[];
  const { fingerprints } = transport.dtlsParameters as unknown as { fingerprints: Fingerprint[] };
  const fingerprint = fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  const common = [
    'c=IN IP4 127.0.0.1',
    `a=ice-ufrag:${ice.usernameFragment}`,
    `a=ice-pwd:${ice.password}`,
    `a=fingerprint:sha-256 ${fingerprint?.value}`,
    `a=setup:${setup}`,
    ...candidates
      .filter(({ protocol }) => protocol === 'udp')
      .map(
        ({ foundation, priority, address, port }) =>
          `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ host`,
      ),
    'a=end-of-candidates',
  ];
  return [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${lines.map(({ mid }) => mid).join(' ')}`,
    ...lines.flatMap((line) => [...mediaLine(line), ...common, `a=mid:${line.mid}`]),
    '',
  ].join('\r\n');
}

function mediaLine(line: RemoteLine): string[] {
  if (line.kind === 'application')
    return [
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'a=sctp-port:5000',
      'a=max-message-size:262144',
    ];
  return [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${line.payloadType}`,
    `a=rtpmap:${line.payloadType} opus/48000/2`,
    `a=${line.direction}`,
    'a=rtcp-mux',
    ...(line.levelExtensionId === undefined
      ? []
      : [`a=extmap:${line.levelExtensionId} urn:ietf:params:rtp-hdrext:ssrc-audio-level`]),
    ...(line.ssrc === undefined ? [] : [`a=ssrc:${line.ssrc} cname:parley`]),
  ];
}

/** The media line of one consumer. */
export function lineOf({ rtpParameters }: Consumer, mid: string): RemoteLine {
  const { codecs, encodings } = rtpParameters as unknown as {
    codecs: { payloadType: number }[];
    encodings: { ssrc: number }[];
  };
  const [codec] = codecs;
  const [encoding] = encodings;
  return {
    mid,
    kind: 'audio',
    direction: 'sendonly',
    ...(codec && { payloadType: codec.payloadType }),
    ...(encoding && { ssrc: encoding.ssrc }),
  };
}
