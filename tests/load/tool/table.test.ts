import { expect, test } from 'vitest';
import { readOptions } from './options.ts';
import { Report, summary } from './report.ts';
import { table } from './table.ts';

const bare: Report = {
  options: readOptions(['--hub', 'http://127.0.0.1:3000'], 2),
  machine: { cpu: 'Some', cores: 2, loadBefore: 0.5, load: 1.25 },
  rooms: 1,
  participants: 4,
  refused: { '503 no-mixer: Every voice server is full.': 9 },
  joinMs: { ...summary([10, 20, 30]), max: 30 },
  heard: { packets: 200, lost: 0, gaps: 0, slowest: 49.5, p50: 50 },
  delays: {
    micToProvider: summary([]),
    micToEar: summary([30]),
    providerToEar: summary([]),
    replyStart: summary([]),
  },
  complaints: 0,
  errors: ['Bot 1 of k7fm-2xqd: the room was reset'],
};

test('what a hub of somebody else does not show is left out', () => {
  expect(Report.parse(JSON.parse(JSON.stringify(bare)))).toEqual(bare);
  const text = table(bare);
  expect(text).toMatch(/^rooms +1 of 10 × 4, 4 participants, 1.4 talk, by plain RTP$/m);
  expect(text).toMatch(/^refused +9 × 503 no-mixer: Every voice server is full\.$/m);
  expect(text).toMatch(/^mic → provider +p50 – ms, p95 – ms \(0, wanted p50 30, p95 60\)$/m);
  expect(text).toMatch(/^! Bot 1 of k7fm-2xqd: the room was reset$/m);
  expect(text).not.toContain('CPU');
});

test('what was measured is in it', () => {
  const each = { mixer: 6, worker: 2, hub: 1, simulator: 3, bots: 4 };
  const text = table({
    ...bare,
    joinCpu: each,
    cpu: each,
    roomsPerCore: 125,
    rssPerRoom: 0.5,
    speaking: 0.3,
  });
  expect(text).toMatch(/^mixer \+ worker +8.00 ms per room and second$/m);
  expect(text).toMatch(/^CPU of a join +mixer 6.0 ms, worker 2.0 ms, hub 1.0 ms$/m);
  expect(text).toMatch(/^assistant speaks +30 % of the time$/m);
});

test('whoever is refused for asking too often learns what to change', () => {
  const text = table({ ...bare, refused: { '429 rate-limited: Too many requests.': 3 } });
  expect(text).toMatch(/^refused +3 × 429 rate-limited: .*RATE_LIMIT_PER_MINUTE=0/m);
});
