import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RELATED } from '../support/audio/follow.ts';
import { untilVoice } from '../support/audio/heard.ts';
import { repeated } from '../support/audio/voices.ts';
import { Ear } from '../support/browser/Ear.ts';
import { launchBrowser } from '../support/browser/launchBrowser.ts';
import { report } from '../support/report.ts';

/** A page that sends its microphone to itself through two peer connections: what remains is Chromium's own doing. */
const LOOP = `<!doctype html><audio data-assistant autoplay></audio><script type="module">
const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);
b.ontrack = ({ streams }) => (document.querySelector('audio').srcObject = streams[0]);
for (const track of stream.getTracks()) a.addTrack(track, stream);
await a.setLocalDescription();
await b.setRemoteDescription(a.localDescription);
await b.setLocalDescription();
await a.setRemoteDescription(b.localDescription);
</script>`;

let server: Server;
beforeAll(async () => {
  server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(LOOP));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

test("the ear hears a microphone's speech through WebRTC, and tells it from another voice", async () => {
  const microphone = await repeated('anna', 30, 1_000);
  const browser = await launchBrowser({ microphone });
  try {
    await browser.page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const ear = await Ear.listen(browser.page, 'assistant');
    const { score, absent } = await untilVoice('anna', ear, { absent: 'ben' });
    report('ear', { anna: score, 'ben (absent)': absent });
    expect(absent).toBeLessThan(RELATED);
    expect(browser.errors).toEqual([]);
  } finally {
    await browser.close();
  }
});
