import { createRedis, closeRedis } from '@parley/kit/redis';
import type { Redis } from '@parley/kit/redis';
import { silentLog } from '@parley/kit/log';
import type { Log } from '@parley/kit/log';
import { Scope } from '@parley/kit/scope';
import { HubConfig } from '@parley/hub/config';
import { startHub } from '@parley/hub/hub';
import { FakeMixer } from '@parley/hub/testing/FakeMixer';
import type { MixerRecord } from '@parley/contract';
import { HubApi, TEST_SECRET } from '../../support/HubApi.ts';
import { SignalingClient } from '../../support/SignalingClient.ts';
import { startStores } from '../../support/stores/startStores.ts';
import type { Stores } from '../../support/stores/startStores.ts';

export interface TestHub {
  url: string;
  api: HubApi;
  close(): Promise<void>;
}

/** Real stores, fake mixers and any number of hubs in this process; all closed together. */
export class Hubs {
  readonly scope = new Scope();
  readonly stores: Stores;
  readonly redis: Redis;

  private constructor(stores: Stores) {
    this.stores = stores;
    this.redis = createRedis(stores.redisUrl, silentLog, 'test');
    this.scope.add(() => stores.close());
    this.scope.add(() => closeRedis(this.redis));
  }

  static async start(): Promise<Hubs> {
    return new Hubs(await startStores());
  }

  async hub(env: Readonly<Record<string, string>> = {}, log: Log = silentLog): Promise<TestHub> {
    const config = HubConfig.parse({
      PORT: '0',
      REDIS_URL: this.stores.redisUrl,
      DATABASE_URL: this.stores.databaseUrl,
      TOKEN_SECRET: TEST_SECRET,
      WEB_URL: 'http://127.0.0.1:9',
      RATE_LIMIT_PER_MINUTE: '0',
      ...env,
    });
    const scope = new Scope();
    this.scope.own(scope);
    const { url } = await startHub(config, log, scope);
    return { url, api: new HubApi(url), close: () => scope.close() };
  }

  async mixer(record: Partial<MixerRecord> = {}): Promise<FakeMixer> {
    return this.scope.own(await FakeMixer.start(this.stores.redisUrl, record));
  }

  /** A socket with a new participant's token. */
  async client(
    hub: TestHub,
    session: { id: string },
    name = 'Anna',
    role?: { role: string; token?: string },
  ) {
    const added = await hub.api.addParticipant(session.id as never, name, role);
    return { ...added, client: await this.connect(hub, added.token) };
  }

  async connect(hub: TestHub, token: string): Promise<SignalingClient> {
    return this.scope.own(await SignalingClient.connect(hub.url, token));
  }

  close(): Promise<void> {
    return this.scope.close();
  }
}
