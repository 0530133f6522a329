import { FakeLink } from './FakeLink.ts';
import { realtimeLinkContract } from './realtimeLinkContract.ts';

realtimeLinkContract('the fake', () => {
  const link = new FakeLink();
  // Answers leave by themselves, each in its own turn of the event loop.
  let pump = setImmediate(function tick() {
    link.deliver();
    if (!link.closed) pump = setImmediate(tick);
  });
  return Promise.resolve({
    link,
    speech: new Int16Array(24_000).fill(8_000),
    close: () => {
      clearImmediate(pump);
      link.close('The test is over.');
    },
  });
});
