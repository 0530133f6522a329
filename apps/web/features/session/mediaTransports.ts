import type { MediaParameters, TransportDirection, TransportOptions } from '@parley/contract';
import type { Device, types } from 'mediasoup-client';
import type { MediaOptions } from './MediaPort.ts';

/**
 * The contract carries mediasoup's parameters as plain JSON objects, because only mediasoup and mediasoup-client know
 * their shapes; both check them in full. `never` fits every shape: this is the only place where the page says so.
 */
export const fromWire = (parameters: MediaParameters | MediaParameters[]): never => parameters as never;
export const toWire = (parameters: object): MediaParameters => parameters as MediaParameters;

/** Makes one transport and lets it ask the room for what it needs. */
export async function createTransport(
  device: Device,
  direction: TransportDirection,
  { request, iceServers }: MediaOptions,
): Promise<types.Transport> {
  const remote: TransportOptions = await request('transport:create', { direction });
  const options = {
    id: remote.id,
    iceParameters: fromWire(remote.iceParameters),
    iceCandidates: fromWire(remote.iceCandidates),
    dtlsParameters: fromWire(remote.dtlsParameters),
    sctpParameters: fromWire(remote.sctpParameters),
    iceServers: iceServers.map(({ urls, username, credential }) => ({
      urls,
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    })),
  };
  const transport =
    direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options);
  const transportId = transport.id;
  transport.on('connect', ({ dtlsParameters }, done, fail) => {
    const body = { transportId, dtlsParameters: toWire(dtlsParameters) };
    void answer(request('transport:connect', body), () => done(), fail);
  });
  transport.on('produce', ({ rtpParameters }, done, fail) => {
    const body = { transportId, rtpParameters: toWire(rtpParameters) };
    void answer(request('media:produce', body), ({ producerId }) => done({ id: producerId }), fail);
  });
  transport.on('producedata', ({ sctpStreamParameters, label = '', protocol = '' }, done, fail) => {
    const body = {
      transportId,
      sctpStreamParameters: toWire(sctpStreamParameters),
      label,
      protocol,
    };
    void answer(request('data:produce', body), ({ dataProducerId }) => done({ id: dataProducerId }), fail);
  });
  return transport;
}

/** mediasoup-client waits for one of two callbacks; the room answers with a promise. */
async function answer<Reply>(
  reply: Promise<Reply>,
  done: (reply: Reply) => void,
  fail: (error: Error) => void,
): Promise<void> {
  try {
    done(await reply);
  } catch (error) {
    fail(error instanceof Error ? error : new Error('The room refused', { cause: error }));
  }
}
