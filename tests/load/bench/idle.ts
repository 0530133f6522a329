/**
 * Rooms in which nothing happens, in the whole product: `npm run bench -- idle [--rooms 20] [--participants 4]
 * [--seconds 15]`. After some talk in other rooms: the process without a room, then rooms whose participants are silent (DTX:
 * two packets every 420 ms), then the same rooms when all have left. CPU in ms for each room and second, beyond what the
 * process has anyway.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { until } from '../../support/until.ts';
import { scrape } from '../tool/metrics.ts';
import { type Busy, LiveStack } from './LiveStack.ts';
import { machineLine, print, table } from './print.ts';

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: '20' },
    participants: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '15' },
  },
});
const [ROOMS, PARTICIPANTS, SECONDS] = [values.rooms, values.participants, values.seconds].map(Number) as [
  number,
  number,
  number,
];
/** After the last join: coders are made, rooms fall asleep. */
const SETTLE_MS = 6_000;

// Who falls silent altogether has left soon: so rooms become empty.
process.env['MIXER_RTP_SILENCE_MS'] ??= '2500';
const live = await LiveStack.open(ROOMS, PARTICIPANTS);
try {
  await live.warmUp();
  await delay(SETTLE_MS);
  const none = await live.busy(SECONDS);
  const rooms = await live.fill(ROOMS, PARTICIPANTS, 0);
  await delay(SETTLE_MS);
  const silent = await live.busy(SECONDS);
  rooms.mute();
  await until('empty rooms', async () => {
    const metrics = await scrape(live.stack.mixerMetricsUrls[0] ?? '');
    return metrics.get('parley_mixer_participants') === 0;
  });
  await delay(SETTLE_MS);
  const empty = await live.busy(SECONDS);
  const metrics = await scrape(live.stack.mixerMetricsUrls[0] ?? '');
  report({ none, silent, empty, open: metrics.get('parley_mixer_rooms') ?? 0 });
} finally {
  await live.close();
}

function report({
  none,
  silent,
  empty,
  open,
}: {
  none: Busy;
  silent: Busy;
  empty: Busy;
  open: number;
}): void {
  const both = ({ mixer, worker }: Busy) => mixer + worker;
  const ms = (seconds: number) => (seconds * 1000).toFixed(2);
  const perRoom = (busy: Busy) => ms((both(busy) - both(none)) / ROOMS);
  print(`Idle rooms: ${ROOMS} of ${PARTICIPANTS}, ${SECONDS} s each. ${machineLine()}`);
  print(
    'CPU in ms for each second: of the processes, and of mixer and media worker for each room beyond the first line.\n',
  );
  print(
    table(
      ['', 'mixer', 'worker', 'hub', 'for each room'],
      [
        ['no room', ms(none.mixer), ms(none.worker), ms(none.hub), ''],
        [`${ROOMS} rooms, silent`, ms(silent.mixer), ms(silent.worker), ms(silent.hub), perRoom(silent)],
        [`${open} rooms, empty`, ms(empty.mixer), ms(empty.worker), ms(empty.hub), perRoom(empty)],
      ],
    ),
  );
}
