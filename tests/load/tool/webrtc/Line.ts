import type { MediaParameters, TransportOptions } from '@parley/contract';
import {
  IceCandidate,
  type IceOptions,
  RTCDataChannel,
  RTCDataChannelParameters,
  type RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
  RTCSctpTransport,
  type RtpHeader,
  type RtpPacket,
} from 'werift';
import { until } from '../../../support/until.ts';

type IceServerParameters = Pick<RTCIceParameters, 'usernameFragment' | 'password'>;
/** mediasoup names an address `ip` in its older fields, `address` in its newer ones. */
type Candidate = Pick<IceCandidate, 'foundation' | 'priority' | 'protocol' | 'port' | 'type'> & {
  address: string;
};

const LOOPBACK = '127.0.0.1';
/** On this machine nothing is bound to any other address. */
const HERE: Partial<IceOptions> = {
  useIpv4: false,
  useIpv6: false,
  additionalHostAddresses: [LOOPBACK],
  interfaceAddresses: { udp4: LOOPBACK },
};
const ELSEWHERE: Partial<IceOptions> = { useIpv4: true, useIpv6: false };
/** SRTP_AEAD_AES_128_GCM (RFC 7714), SRTP_AES128_CM_HMAC_SHA1_80 (RFC 5764): a browser offers both, in this order. */
const SRTP_PROFILES = [0x0007, 0x0001] as const;
/** mediasoup's, and everybody's (RFC 8831 section 6.2 lets it be agreed on; SDP calls it `sctp-port`). */
const SCTP_PORT = 5_000;

/** One of a browser's two WebRTC transports, on mediasoup's parameters as they are: ICE, DTLS, SRTP, SCTP, and no SDP. */
export class Line {
  /** mediasoup's. */
  readonly id: string;
  readonly #ice: RTCIceTransport;
  readonly #dtls: RTCDtlsTransport;
  readonly #sctp = new RTCSctpTransport(SCTP_PORT);
  readonly #candidate: Candidate;

  private constructor(options: TransportOptions, candidate: Candidate) {
    this.id = options.id;
    this.#candidate = candidate;
    this.#ice = new RTCIceTransport(new RTCIceGatherer(candidate.address === LOOPBACK ? HERE : ELSEWHERE));
    const { usernameFragment, password } = options.iceParameters as unknown as IceServerParameters;
    this.#ice.setRemoteParams(new RTCIceParameters({ usernameFragment, password, iceLite: true }));
    this.#ice.connection.iceControlling = true; // the other side is lite (RFC 8445 section 6.1.1)
    this.#dtls = new RTCDtlsTransport({}, this.#ice, undefined, [...SRTP_PROFILES]);
    this.#dtls.role = 'client';
    const { fingerprints } = options.dtlsParameters as unknown as { fingerprints: RTCDtlsFingerprint[] };
    this.#dtls.setRemoteParams(new RTCDtlsParameters(fingerprints, 'server'));
    this.#sctp.setDtlsTransport(this.#dtls);
  }

  static async make(options: TransportOptions): Promise<Line> {
    await RTCDtlsTransport.SetupCertificate(); // one for all lines of a process
    const candidates = options.iceCandidates as unknown as Candidate[];
    const candidate = candidates.find(({ protocol }) => protocol === 'udp');
    if (!candidate) throw new Error('The room gave no UDP address.');
    return new Line(options, candidate);
  }

  /** For `transport:connect`, which has to be answered before `connect`. */
  get dtlsParameters(): MediaParameters {
    const { role, fingerprints } = this.#dtls.localParameters;
    return { role, fingerprints: fingerprints.map(({ algorithm, value }) => ({ algorithm, value })) };
  }

  async connect(): Promise<void> {
    const { foundation, priority, address, port, protocol, type } = this.#candidate;
    await this.#ice.gather();
    await this.#ice.addRemoteCandidate(
      new IceCandidate(1, foundation, address, port, priority, protocol, type),
    );
    await this.#ice.addRemoteCandidate(undefined);
    await this.#ice.start();
    await this.#dtls.start();
    await this.#sctp.start(SCTP_PORT);
  }

  /** Resolves when it is open. */
  async channel(label: string, id: number): Promise<RTCDataChannel> {
    const parameters = new RTCDataChannelParameters({ label, id, negotiated: true });
    const channel = new RTCDataChannel(this.#sctp, parameters);
    await until('a data channel', () => channel.readyState === 'open', { everyMs: 10 });
    return channel;
  }

  onRtp(listener: (packet: RtpPacket) => void): void {
    this.#dtls.onRtp.subscribe(listener);
  }

  /** Once, when nothing comes through any more. */
  onLost(listener: (why: string) => void): void {
    const look = (what: string) => (state: string) => {
      if (state === 'failed' || state === 'closed') listener(`${what} ${state}`);
    };
    this.#ice.onStateChange.subscribe(look('ICE'));
    this.#dtls.onStateChange.subscribe(look('DTLS'));
  }

  send(payload: Uint8Array, header: RtpHeader): void {
    void this.#dtls.sendRtp(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength), header);
  }

  async close(): Promise<void> {
    await this.#sctp.stop().catch(() => undefined); // it was not open yet
    await this.#dtls.stop();
  }
}
