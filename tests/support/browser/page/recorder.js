/**
 * In every page of the tests, before its own scripts: records what comes out of chosen <audio> elements.
 * `Ear.ts` is the other half. Plain JavaScript, because it runs in the browser and nowhere else.
 */
globalThis.testRecorder = (() => {
  const RATE = 24_000;
  /** Some seconds: a clock that was held up once is right again after them. */
  const ENDS_KEPT = 60;
  const recordings = new Map();
  const beginnings = new Map();
  let running;

  // A track does not tell through which connection it came.
  const connections = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      connections.push(this);
    }
  };

  const start = async () => {
    const context = new AudioContext({ sampleRate: RATE });
    const worklet = URL.createObjectURL(new Blob([testRecorderWorklet], { type: 'text/javascript' }));
    await context.audioWorklet.addModule(worklet);
    await context.resume();
    return context;
  };

  const streamOf = (selector) => {
    const stream = document.querySelector(selector)?.srcObject;
    return stream instanceof MediaStream && stream.getAudioTracks().length > 0 ? stream : undefined;
  };

  return {
    hasStream: (selector) => streamOf(selector) !== undefined,

    /** An element may get another stream after a reconnect: then that one is recorded on. */
    async listen(selector) {
      const chunks = [];
      recordings.set(selector, chunks);
      const context = await (running ??= start());
      const node = new AudioWorkletNode(context, 'recorder', {
        channelCount: 1,
        channelCountMode: 'explicit',
      });
      let recorded = 0;
      const begun = [];
      beginnings.set(selector, begun);
      node.port.addEventListener('message', ({ data }) => {
        chunks.push(data);
        recorded += data.length;
        begun.push(performance.now() - (recorded * 1000) / RATE);
        if (begun.length > ENDS_KEPT) begun.shift();
      });
      node.port.start();
      node.connect(context.destination); // without a way out it would not be run; what it puts out is silence
      let heard;
      let source;
      const attach = () => {
        const stream = streamOf(selector);
        if (!stream || stream === heard) return;
        source?.disconnect();
        heard = stream;
        source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
        source.connect(node);
      };
      attach();
      setInterval(attach, 100);
    },

    /**
     * When the first sample was played, in ms of the page's clock. A message from the audio thread comes late or at once,
     * never early: the earliest is right.
     */
    begunAt: (selector) => Math.min(...(beginnings.get(selector) ?? [])),

    /** How long samples waited in the jitter buffer so far, seconds in all, and how many did. */
    async jitterBuffer(selector) {
      const track = streamOf(selector)?.getAudioTracks()[0];
      const receivers = connections.flatMap((connection) => connection.getReceivers());
      const stats = await receivers.find((receiver) => receiver.track === track)?.getStats();
      for (const { type, jitterBufferDelay, jitterBufferEmittedCount } of stats?.values() ?? [])
        if (type === 'inbound-rtp') return { delay: jitterBufferDelay, count: jitterBufferEmittedCount };
      return { delay: 0, count: 0 };
    },

    /** Packets of an element's track that came so far, and that did not. */
    async packets(selector) {
      const track = streamOf(selector)?.getAudioTracks()[0];
      const receivers = connections.flatMap((connection) => connection.getReceivers());
      const stats = await receivers.find((receiver) => receiver.track === track)?.getStats();
      for (const { type, packetsReceived, packetsLost } of stats?.values() ?? [])
        if (type === 'inbound-rtp') return { received: packetsReceived, lost: packetsLost };
      return { received: 0, lost: 0 };
    },

    /** Packets of the microphone that left this page so far. */
    async packetsSent() {
      let sent = 0;
      for (const connection of connections)
        for (const { type, packetsSent } of (await connection.getStats()).values())
          if (type === 'outbound-rtp') sent += packetsSent;
      return sent;
    },

    /** What came since the last call: little-endian PCM in base64. */
    async take(selector) {
      const chunks = (recordings.get(selector) ?? []).splice(0);
      const url = await new Promise((resolve) => {
        const reader = new FileReader();
        reader.addEventListener('load', () => resolve(reader.result));
        reader.readAsDataURL(new Blob(chunks));
      });
      return url.slice(url.indexOf(',') + 1);
    },
  };
})();
