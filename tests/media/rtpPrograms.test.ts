import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newParticipantId, RtpWishes } from '@parley/contract';
import { Scope } from '@parley/kit/scope';
import { OwnedProcess } from '@parley/launcher/processes/OwnedProcess';
import { findProgram } from '@parley/launcher/servers/binaries';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RELATED } from '../support/audio/follow.ts';
import { presence } from '../support/audio/presence.ts';
import { resample } from '../support/audio/resample.ts';
import { RATE, speech } from '../support/audio/voices.ts';
import { readWav } from '../support/audio/wav.ts';
import { RtpPeer } from '../support/peers/RtpPeer.ts';
import { until } from '../support/until.ts';
import { TestMixer } from './support/startMixer.ts';

/** Programs that people connect by plain RTP, with the lines that the README gives for them. */
const ANNA = join(import.meta.dirname, '../fixtures/anna.wav');
const PT = 97;

interface Lines {
  speak: (port: number) => string;
  /** Writes a WAV file. */
  hear: (port: number, dir: string) => string;
}

const PROGRAMS: Record<string, Lines> = {
  ffmpeg: {
    speak: (port) =>
      `-re -i ${ANNA} -ac 1 -c:a libopus -b:a 32k -frame_duration 20 -application voip -payload_type ${PT} -f rtp rtp://127.0.0.1:${port}?rtcpport=${port}`,
    hear: (_port, dir) =>
      `-protocol_whitelist file,udp,rtp -i ${dir}/hear.sdp -af aresample=async=1 ${dir}/heard.wav`,
  },
  'gst-launch-1.0': {
    speak: (port) =>
      `filesrc location=${ANNA} ! wavparse ! audioconvert ! audioresample ! opusenc dtx=true audio-type=voice ! rtpopuspay pt=${PT} ! udpsink host=127.0.0.1 port=${port}`,
    hear: (port, dir) =>
      `-e udpsrc port=${port} caps=application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=${PT} ! rtpjitterbuffer latency=60 ! rtpopusdepay ! opusdec ! audioconvert ! wavenc ! filesink location=${dir}/heard.wav`,
  },
};

let scope: Scope;
let dir: string;
beforeEach(async () => {
  scope = new Scope();
  dir = await mkdtemp(join(tmpdir(), 'parley-rtp-'));
  scope.add(() => rm(dir, { recursive: true }));
});
afterEach(() => scope.close());

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

async function start(command: string, line: string): Promise<OwnedProcess> {
  const program = await OwnedProcess.start({
    command,
    args: line.split(' '),
    env: process.env,
    stopSignal: 'SIGINT',
    onLine: () => undefined,
  });
  scope.add(async () => void (await program.stop(5_000)));
  return program;
}

describe.each(Object.entries(PROGRAMS))('%s', (command, { speak, hear }) => {
  test.skipIf(!findProgram([command], process.env['PATH'] ?? ''))(
    'M130 speaks to the assistant and to the others, and hears them without itself',
    async () => {
      const mixer = scope.own(await TestMixer.start());
      const room = await mixer.openRoom();
      const port = await freeUdpPort();
      const wishes = RtpWishes.parse({ ip: '127.0.0.1', port, payloadType: PT });
      const to = await room.rtp(newParticipantId(), wishes);
      const ben = scope.own(await RtpPeer.join((own) => room.rtp(newParticipantId(), RtpWishes.parse(own))));
      await writeFile(
        join(dir, 'hear.sdp'),
        `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=Parley\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio ${port} RTP/AVP ${PT}\na=rtpmap:${PT} opus/48000/2\n`,
      );
      const ear = await start(command, hear(port, dir));
      ben.speaker.say(await speech('ben'));
      const mouth = await start(command, speak(to.port));
      expect(await mouth.exited).toMatchObject({ code: 0 });
      await until('all of it to be heard', () => ben.listener.packets > 300);
      await ear.stop(5_000);

      const mix = room.assistant.recording();
      expect(await presence('anna', mix)).toBeGreaterThan(RELATED);
      expect(await presence('ben', mix)).toBeGreaterThan(RELATED);
      expect(await presence('anna', ben.listener.heard())).toBeGreaterThan(0.8);
      const { samples, sampleRate, channels } = readWav(await readFile(join(dir, 'heard.wav')));
      const heard = resample(
        samples.filter((_, index) => index % channels === 0),
        sampleRate,
        RATE,
      );
      expect(await presence('ben', heard)).toBeGreaterThan(0.8);
      expect(await presence('anna', heard)).toBeLessThan(0.25);
      expect(mixer.rtpCounts).toMatchObject({ malformed: 0, payload_type: 0, ssrc: 0, foreign: 0 });
    },
  );
});
