import { describe, expect, it } from 'vitest';
import { carryPacket } from './packets.ts';
import { PlayoutQueue } from './PlayoutQueue.ts';
import { seededRandom } from './testing/random.ts';

const MINUTE = 60 * 24_000;
const counting = (samples: number, from = 1) => Int16Array.from({ length: samples }, (_, i) => from + i);

function pullAll(queue: PlayoutQueue) {
  const frames: { itemId: string; samples: number[] }[] = [];
  for (let pulled = queue.pull(); pulled; pulled = queue.pull())
    frames.push({ itemId: pulled.itemId, samples: [...pulled.frame] });
  return frames;
}

describe('PlayoutQueue', () => {
  it('cuts chunks of any size into frames, nothing lost, nothing doubled', () => {
    const random = seededRandom(1);
    const queue = new PlayoutQueue();
    const said = counting(20_000);
    for (let at = 0; at < said.length;) {
      const size = Math.floor(random() * 1_500);
      expect(queue.push('a', 0, said.subarray(at, at + size))).toBe(true);
      at += size;
    }
    queue.end('a');
    const frames = pullAll(queue);
    expect(frames.every(({ samples }) => samples.length === 480)).toBe(true);
    const heard = frames.flatMap(({ samples }) => samples);
    expect(heard.slice(0, 20_000)).toEqual([...said]);
    expect(heard.slice(20_000).every((sample) => sample === 0)).toBe(true);
    expect(frames).toHaveLength(42);
    expect(queue.playedMs('a')).toBe(833); // of samples, not of padding
    expect(queue.queuedMs).toBe(0);
    expect(queue.has('a')).toBe(false);
  });

  it('uses memory anew without mixing up two replies, flushed or not', () => {
    const random = seededRandom(7);
    const [one, other] = [new PlayoutQueue(), new PlayoutQueue()];
    const heard: number[] = [];
    for (let at = 0; heard.length < 30_000;) {
      const size = Math.floor(random() * 9_000);
      one.push('a', 0, counting(size, at % 20_000));
      at += size;
      other.push(`b${at}`, 0, counting(Math.floor(random() * 9_000), -30_000));
      other.pull();
      if (random() < 0.5) other.flush();
      for (let frames = random() * 15; frames > 0; frames--) heard.push(...(one.pull()?.frame ?? []));
    }
    // One up from the sample before it, but where the counting began again.
    const breaks = heard.filter((sample, at) => at > 0 && sample !== (heard[at - 1] ?? 0) + 1);
    expect(heard.every((sample) => sample >= 0)).toBe(true);
    expect(breaks.length).toBeLessThan(30);
  });

  it('hands a frame that carries its packet on as it is', () => {
    const queue = new PlayoutQueue();
    const frame = counting(480);
    carryPacket(frame, Uint8Array.of(1));
    queue.push('a', 0, frame);
    queue.push('a', 0, counting(480, 700));
    expect(queue.pull()?.frame).toBe(frame);
    expect(queue.pull()?.frame[0]).toBe(700);
  });

  it('keeps a partial frame until more comes or the item ends', () => {
    const queue = new PlayoutQueue();
    queue.push('a', 0, counting(500));
    expect(queue.pull()?.frame[479]).toBe(480);
    expect(queue.pull()).toBeUndefined();
    expect(queue.has('a')).toBe(true);
    queue.push('a', 0, counting(460, 501));
    expect(queue.pull()?.frame[0]).toBe(481);
    expect(queue.pull()).toBeUndefined();
    queue.push('a', 0, counting(1));
    expect(queue.pull()).toBeUndefined();
    queue.end('a');
    expect(queue.pull()?.frame.slice(0, 2)).toEqual(Int16Array.of(1, 0));
    expect(queue.playedMs('a')).toBe(40);
  });

  it('plays items one after the other, never two in one frame', () => {
    const queue = new PlayoutQueue();
    queue.push('a', 0, counting(700));
    queue.push('b', 0, counting(480, 5_000));
    expect(queue.push('a', 0, counting(10))).toBe(false);
    queue.end('b');
    const frames = pullAll(queue);
    expect(frames.map(({ itemId }) => itemId)).toEqual(['a', 'a', 'b']);
    expect(frames[1]?.samples.slice(219, 222)).toEqual([700, 0, 0]);
    expect(frames[2]?.samples[0]).toBe(5_000);
  });

  it('knows to the millisecond what was heard of what, at every moment of a flush', () => {
    for (let pulls = 0; pulls <= 6; pulls++) {
      const queue = new PlayoutQueue();
      queue.push('a', 0, counting(960));
      queue.push('b', 0, counting(700));
      queue.push('b', 1, counting(1_000));
      for (let pull = 0; pull < pulls; pull++) queue.pull();
      const parts = [
        { itemId: 'a', contentIndex: 0, playedMs: Math.min(40, pulls * 20), audioMs: 40 },
        { itemId: 'b', contentIndex: 0, playedMs: [0, 0, 0, 20, 29, 29, 29][pulls], audioMs: 29 },
        { itemId: 'b', contentIndex: 1, playedMs: [0, 0, 0, 0, 0, 20, 40][pulls], audioMs: 41 },
      ];
      const over = pulls < 2 ? 0 : pulls < 4 ? 1 : 2;
      expect(queue.flush()).toEqual(parts.slice(over));
      expect(queue.playedMs('a')).toBe(Math.min(40, pulls * 20));
      expect(queue.playedMs('b')).toBe([0, 0, 0, 20, 29, 49, 69][pulls]);
      expect(queue.queuedMs).toBe(0);
      expect(queue.pull()).toBeUndefined();
      expect(queue.flush()).toEqual([]);
    }
  });

  it('tells at a flush of an item whose audio has all left but which has not ended', () => {
    const queue = new PlayoutQueue();
    queue.push('a', 0, counting(480));
    queue.pull();
    expect(queue.flush()).toEqual([{ itemId: 'a', contentIndex: 0, playedMs: 20, audioMs: 20 }]);
  });

  it('refuses late audio of what was flushed or ended, takes the next item', () => {
    const queue = new PlayoutQueue();
    queue.push('a', 0, counting(480));
    queue.flush();
    expect(queue.push('a', 0, counting(480))).toBe(false);
    queue.push('b', 0, counting(480));
    queue.end('b');
    expect(queue.push('b', 0, counting(480))).toBe(false);
    expect(queue.push('b', 1, counting(480))).toBe(false);
    expect(queue.push('c', 0, counting(480))).toBe(true);
    expect(pullAll(queue).map(({ itemId }) => itemId)).toEqual(['b', 'c']);
  });

  it('plays a second part that comes when the first has left', () => {
    const queue = new PlayoutQueue();
    queue.push('a', 0, counting(480));
    queue.pull();
    expect(queue.push('a', 1, counting(480))).toBe(true);
    expect(queue.pull()?.itemId).toBe('a');
    expect(queue.playedMs('a')).toBe(40);
  });

  it('holds ten minutes, says when it is full, and counts', () => {
    const queue = new PlayoutQueue();
    const minute = new Int16Array(MINUTE);
    for (let i = 0; i < 10; i++) expect(queue.push('a', 0, minute)).toBe(true);
    expect(queue.push('a', 0, counting(480))).toBe(false);
    expect(queue.queuedMs).toBe(600_000);
    expect(queue.refusedMs).toBe(20);
    queue.pull();
    expect(queue.push('a', 0, counting(480))).toBe(true);
  });

  it('is calm about empty audio, unknown items, and thousands of items', () => {
    const queue = new PlayoutQueue();
    queue.end('nobody');
    expect(queue.playedMs('nobody')).toBe(0);
    queue.push('empty', 0, new Int16Array());
    queue.end('empty');
    expect(queue.has('empty')).toBe(false);
    for (let i = 0; i < 5_000; i++) {
      queue.push(`item${i}`, 0, counting(100));
      queue.end(`item${i}`);
      expect(queue.pull()?.itemId).toBe(`item${i}`);
    }
    expect(queue.playedMs('item4999')).toBe(4);
    expect(queue.playedMs('item0')).toBe(0);
  });
});
