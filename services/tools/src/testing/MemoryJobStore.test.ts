import { newSessionId } from '@parley/contract';
import { jobStoreContract } from './jobStoreContract.ts';
import { MemoryJobStore } from './MemoryJobStore.ts';

jobStoreContract(() => {
  const store = new MemoryJobStore();
  return Promise.resolve({
    store,
    session: () => Promise.resolve(newSessionId()),
    facts: (id) => Promise.resolve(store.facts.filter(({ sessionId }) => sessionId === id)),
    close: () => Promise.resolve(),
  });
});
