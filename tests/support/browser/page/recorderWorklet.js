/** In the page's audio thread: hands over what it hears as 16-bit PCM, 1,024 samples at a time. */
class Recorder extends AudioWorkletProcessor {
  #chunk = new Int16Array(1024);
  #length = 0;

  process([input]) {
    const heard = input[0] ?? new Float32Array(128);
    for (const [i, sample] of heard.entries())
      this.#chunk[this.#length + i] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
    this.#length += heard.length;
    if (this.#length < this.#chunk.length) return true;
    this.port.postMessage(this.#chunk, [this.#chunk.buffer]);
    this.#chunk = new Int16Array(1024);
    this.#length = 0;
    return true;
  }
}

registerProcessor('recorder', Recorder);
