import { ControlEnvelope, keys, newMixerId, PROTOCOL_VERSION } from '@parley/contract';
import type { ControlCommand, ErrorBody, MediaCommand, MixerRecord, MixerSignal } from '@parley/contract';
import { closeRedis, createRedis } from '@parley/kit/redis';
import type { Redis } from '@parley/kit/redis';
import { silentLog } from '@parley/kit/log';

type Answer = { data: unknown } | { error: ErrorBody } | 'silence';
type Answering = (
  name: ControlCommand,
  body: Record<string, unknown>,
) => Answer | undefined | Promise<Answer | undefined>;

const MEDIA_ANSWERS: Partial<Record<MediaCommand, unknown>> = {
  'transport:connect': {},
  'transport:restart-ice': { iceParameters: {} },
  'media:produce': { producerId: 'producer-1' },
  'media:resume': {},
  'data:produce': { dataProducerId: 'data-1' },
};
const TRANSPORT = { id: 't', iceParameters: {}, iceCandidates: [], dtlsParameters: {}, sctpParameters: {} };

/** A mixer without media that speaks the real protocol over a real Redis. */
export class FakeMixer {
  readonly id = newMixerId();
  /** Every command it was sent, repeats included. */
  readonly commands: { id: string; name: ControlCommand; body: Record<string, unknown> }[] = [];
  /** Answers instead of the defaults where it returns something. */
  answering: Answering = () => undefined;
  readonly #redis: Redis;
  readonly #subscriber: Redis;

  private constructor(url: string) {
    this.#redis = createRedis(url, silentLog, 'fake-mixer');
    this.#subscriber = createRedis(url, silentLog, 'fake-mixer-subscriber');
  }

  static async start(url: string, record: Partial<MixerRecord> = {}): Promise<FakeMixer> {
    const mixer = new FakeMixer(url);
    mixer.#subscriber.on('message', (_channel, message) => void mixer.#receive(message));
    await mixer.#subscriber.subscribe(keys.mixerCommands(mixer.id));
    await mixer.register(record);
    return mixer;
  }

  /** How often a command came. */
  count(name: ControlCommand): number {
    return this.commands.filter((command) => command.name === name).length;
  }

  async register(change: Partial<MixerRecord> = {}): Promise<void> {
    const record: MixerRecord = {
      id: this.id,
      protocol: PROTOCOL_VERSION,
      startedAt: 0,
      draining: false,
      rooms: 0,
      participants: 0,
      maxRooms: 10,
      cpu: 0,
      ...change,
    };
    await this.#redis.sadd(keys.mixers, this.id);
    await this.#redis.set(keys.mixer(this.id), JSON.stringify(record));
  }

  async signal(signal: MixerSignal): Promise<void> {
    await this.#redis.publish(keys.mixerSignals, JSON.stringify(signal));
  }

  /** It is killed; `lease` tells whether its record is still there. */
  async die({ lease = false } = {}): Promise<void> {
    await this.#subscriber.unsubscribe();
    if (!lease) await this.#redis.del(keys.mixer(this.id));
  }

  async close(): Promise<void> {
    await Promise.all([closeRedis(this.#redis), closeRedis(this.#subscriber)]);
  }

  async #receive(message: string): Promise<void> {
    const { id, from, name, body } = ControlEnvelope.parse(JSON.parse(message));
    const request = body as Record<string, unknown>;
    this.commands.push({ id, name, body: request });
    const answer = (await this.answering(name, request)) ?? { data: defaults(name, request) };
    if (answer === 'silence') return;
    const reply = 'error' in answer ? { id, ok: false, ...answer } : { id, ok: true, ...answer };
    await this.#redis.publish(keys.hubAnswers(from), JSON.stringify(reply));
  }
}

function defaults(name: ControlCommand, body: Record<string, unknown>): unknown {
  if (name === 'room:open' || name === 'participant:join') return { routerRtpCapabilities: { codecs: [] } };
  if (name === 'bridge:join') return { sdp: 'v=0\r\n' };
  if (name === 'rtp:join') return { ip: '127.0.0.1', port: 40_000, payloadType: 111, ssrc: 7 };
  if (name !== 'media:command') return {};
  const media = body.name as MediaCommand;
  if (media === 'transport:create') return TRANSPORT;
  if (media === 'media:consume') return { id: 'c', producerId: 'p', kind: 'audio', rtpParameters: {} };
  if (media === 'data:consume')
    return { id: 'd', dataProducerId: 'x', sctpStreamParameters: {}, label: 'parley', protocol: '' };
  return MEDIA_ANSWERS[media];
}
