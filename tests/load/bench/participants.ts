/**
 * How the cost of a room grows with the people in it, in the whole product: `npm run bench -- participants
 * [--sizes 2,4,8,16,32,50] [--talkers 1.4] [--seconds 10]`. Plain RTP, a conversation as the load tool plays it; of small rooms
 * several are open, so that there is something to measure. CPU of mixer and media worker, ms for each room and second.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LiveStack } from './LiveStack.ts';
import { machineLine, print, table } from './print.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '2,4,8,16,32,50' },
    talkers: { type: 'string', default: '1.4' },
    seconds: { type: 'string', default: '10' },
  },
});
const SIZES = values.sizes.split(',').map(Number);
const SECONDS = Number(values.seconds);
/** People in all rooms together, about; never one room alone: rooms are in different places of the conversation. */
const PEOPLE = 32;
const SETTLE_MS = 2_000;

const roomsFor = (size: number): number => Math.max(2, Math.round(PEOPLE / size));
const live = await LiveStack.open(Math.max(...SIZES.map(roomsFor)), Math.max(...SIZES));
try {
  await live.warmUp();
  const none = await live.busy(4);
  const rows: string[][] = [];
  for (const size of SIZES) {
    const rooms = roomsFor(size);
    const filled = await live.fill(rooms, size, Number(values.talkers));
    await delay(SETTLE_MS);
    const { mixer, worker } = await live.busy(SECONDS);
    await filled.close();
    const perRoom = ((mixer + worker - none.mixer - none.worker) * 1000) / rooms;
    rows.push([String(size), String(rooms), perRoom.toFixed(1), (perRoom / size).toFixed(2)]);
  }
  print(`One room of many: ${values.talkers} talk, ${SECONDS} s for each size. ${machineLine()}`);
  print('CPU of mixer and media worker beyond what they use without a room, in ms for each second.\n');
  print(table(['participants', 'rooms', 'for each room', 'for each participant'], rows));
} finally {
  await live.close();
}
