/** A thread that plays WebRTC participants: their encryption is not to stand in the way of those who measure. */
import { parentPort, workerData } from 'node:worker_threads';
import { HubApi } from '../../../support/HubApi.ts';
import { messageOf } from '../messageOf.ts';
import { LocalPlayers } from '../LocalPlayers.ts';
import type { CrewData, CrewReply, CrewRequest } from './messages.ts';
import { WebRtcBot } from './WebRtcBot.ts';

const { hubUrl, voices } = workerData as CrewData;
const players = new LocalPlayers(voices, WebRtcBot.joining(new HubApi(hubUrl)));

parentPort?.on('message', (request: CrewRequest) => {
  void answer(request).then((reply) => parentPort?.postMessage(reply, []));
});

/** Never rejects. */
async function answer(request: CrewRequest): Promise<CrewReply> {
  try {
    return { id: request.id, ok: true, answer: await run(request) };
  } catch (error) {
    return { id: request.id, ok: false, message: messageOf(error) };
  }
}

function run(request: CrewRequest) {
  switch (request.what) {
    case 'play':
      return players.play(request.plan);
    case 'restart':
      return players.restart().then(() => undefined);
    case 'tell':
      return players.tell();
    case 'close':
      return players.close().then(() => undefined);
    default:
      return request satisfies never;
  }
}
