"""A plain SDP client on aiortc, a WebRTC stack with nothing in common with the ones that Parley uses.

Usage: aiortc_peer.py HUB_URL SESSION_ID SPOKEN.wav HEARD.wav SECONDS
Speaks SPOKEN.wav again and again (24 kHz mono), writes what it hears to HEARD.wav (24 kHz mono), and prints one line of
JSON: how often each type of data-channel message came.
"""

import asyncio
import collections
import fractions
import json
import sys
import urllib.request
import wave

import av
import numpy
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription

RATE = 24_000
FRAME = RATE // 50


class Spoken(MediaStreamTrack):
    kind = "audio"

    def __init__(self, path):
        super().__init__()
        with wave.open(path) as file:
            self.samples = numpy.frombuffer(file.readframes(file.getnframes()), numpy.int16)
        self.sent = 0
        self.begun = None

    async def recv(self):
        now = asyncio.get_running_loop().time()
        self.begun = self.begun or now
        await asyncio.sleep(max(0, self.begun + self.sent / RATE - now))
        places = numpy.arange(self.sent, self.sent + FRAME) % len(self.samples)
        frame = av.AudioFrame.from_ndarray(self.samples[places].reshape(1, -1), "s16", "mono")
        frame.sample_rate = RATE
        frame.pts = self.sent
        frame.time_base = fractions.Fraction(1, RATE)
        self.sent += FRAME
        return frame


async def hear(track, path):
    resampler = av.AudioResampler("s16", "mono", RATE)
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        while True:
            for frame in resampler.resample(await track.recv()):
                file.writeframes(frame.to_ndarray().astype(numpy.int16).tobytes())


def post(url, body):
    data = json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


async def main(hub, session_id, spoken, heard, seconds):
    peer = RTCPeerConnection()
    channel = peer.createDataChannel("events")
    messages = collections.Counter()
    channel.on("message", lambda text: messages.update([json.loads(text)["type"]]))
    channel.on("open", lambda: channel.send(json.dumps({"type": "hello", "protocol": 1})))
    listening = []
    peer.on("track", lambda track: listening.append(asyncio.ensure_future(hear(track, heard))))
    peer.addTrack(Spoken(spoken))
    await peer.setLocalDescription(await peer.createOffer())
    offer = {"sdp": peer.localDescription.sdp, "type": "offer", "session_id": session_id, "name": "aiortc"}
    answer = await asyncio.to_thread(post, f"{hub}/api/realtime/webrtc/bridge", offer)
    await peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))
    await asyncio.sleep(float(seconds))
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    state = peer.connectionState
    await peer.close()
    print(json.dumps({"state": state, "participant": answer["participant_id"], "messages": messages}))


asyncio.run(main(*sys.argv[1:]))
