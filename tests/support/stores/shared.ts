/** What one run of the tests shares between its files, as `globalSetup` provides it and test files `inject` it. */
export interface SharedStores {
  engine: 'containers' | 'embedded';
  /** Superuser's address of the one Postgres of this run. */
  postgresUrl: string;
  /** A database with all migrations applied; each test file gets a copy. */
  template: string;
  redisImage: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    stores: SharedStores;
  }
}
