/**
 * The plain WebRTC flow of the provider's own guide, from the microphone to the end of the first answer. Resolves with the
 * location of the call, the types of all events, the loudest that came out of the remote track (0…1), lost packets, and those that came.
 */
globalThis.callProvider = async (url, key) => {
  const peer = new RTCPeerConnection();
  const events = [];
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  peer.addEventListener('track', ({ track }) => {
    const stream = new MediaStream([track]);
    // Chromium feeds a remote track to the graph only while an element plays it, too.
    const element = new Audio();
    element.muted = true;
    element.srcObject = stream;
    void element.play();
    context.createMediaStreamSource(stream).connect(analyser);
  });
  const channel = peer.createDataChannel('oai-events');
  const stopped = new Promise((resolve) => {
    channel.addEventListener('message', ({ data }) => {
      const { type } = JSON.parse(String(data));
      events.push(type);
      if (type === 'output_audio_buffer.stopped') resolve();
    });
  });
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of stream.getTracks()) peer.addTrack(track, stream);
  await peer.setLocalDescription(await peer.createOffer());
  const response = await fetch(`${url}/v1/realtime/calls`, {
    method: 'POST',
    body: peer.localDescription?.sdp ?? '',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/sdp' },
  });
  await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  let peak = 0;
  const samples = new Float32Array(analyser.fftSize);
  const meter = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  }, 20);
  await stopped;
  clearInterval(meter);
  let [packetsLost, packetsReceived] = [-1, 0];
  for (const report of (await peer.getStats()).values())
    if (report.type === 'inbound-rtp') ({ packetsLost, packetsReceived } = report);
  peer.close();
  return { location: response.headers.get('location'), events, peak, packetsLost, packetsReceived };
};
