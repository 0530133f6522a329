import { Contained } from '@parley/tools/jobs/code/contained/Contained';
import { chooseWall } from '@parley/tools/jobs/code/walls/chooseWall';

/** usage: dyingService.ts (auto|open) FOLDER. Starts one contained command in the folder, prints its mark, and waits to be killed. */
const wall = await chooseWall(process.argv[2] === 'open' ? 'none' : 'auto');
const dir = process.argv[3] ?? process.cwd();
const id = `j_dying${process.pid}`;
await Contained.start(id, {
  wall,
  command: 'sh',
  args: ['-c', 'echo up; sleep 605 & wait'],
  enclosure: {
    workspace: dir,
    home: dir,
    shown: [],
    network: false,
    limits: { memory: 2 ** 30, processes: 100, fileSize: 2 ** 20, cpuSeconds: 10 },
    slot: process.pid,
  },
  env: {},
  diskBytes: 2 ** 30,
  outputBytes: 2 ** 20,
  onLine: () => process.stdout.write(`${id}\n`),
});
