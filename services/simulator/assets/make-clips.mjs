// Speaks every phrase of src/speech/phrases.json with espeak-ng in two voices and packs each voice into one
// IMA ADPCM WAV (24 kHz mono, 4 bits per sample), with clips.json saying where each phrase lies.
// Needs espeak-ng and sox on the PATH. Run: node services/simulator/assets/make-clips.mjs
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const RATE = 24_000;
const VOICES = {
  bright: ['-v', 'en-us+f3', '-s', '170', '-p', '52', '-g', '1'],
  deep: ['-v', 'en-us+m3', '-s', '165', '-p', '38', '-g', '1'],
};
const phrases = JSON.parse(readFileSync(join(HERE, '../src/speech/phrases.json'), 'utf8'));
const work = mkdtempSync(join(tmpdir(), 'clips-'));
// Half scale peak, silence cut off at both ends, 5 ms fades so that joined clips do not click.
const CUT = ['silence', '1', '0.005', '0.4%', 'fade', 't', '0.005', 'reverse'];
const SHAPE = ['gain', '-3', 'rate', '-h', String(RATE), ...CUT, ...CUT, 'norm', '-5'];

const index = { sampleRate: RATE, voices: {} };
for (const [voice, options] of Object.entries(VOICES)) {
  const clips = {};
  const parts = [];
  let start = 0;
  for (const [id, text] of Object.entries(phrases)) {
    const spoken = join(work, 'spoken.wav');
    const clip = join(work, `${voice}-${id}.wav`);
    // A comma keeps the pitch of an unfinished sentence up.
    const sentence = /[.?]$/.test(text) ? text : `${text.replace(/:$/, '')},`;
    execFileSync('espeak-ng', [...options, '-w', spoken, sentence]);
    execFileSync('sox', [spoken, '-b', '16', clip, ...SHAPE]);
    const length = Number(execFileSync('soxi', ['-s', clip]));
    clips[id] = [start, length];
    start += length;
    parts.push(clip);
  }
  const file = `${voice}.wav`;
  execFileSync('sox', [...parts, '-e', 'ima-adpcm', join(HERE, file)]);
  index.voices[voice] = { file, clips };
}
// One phrase per line, each a pair of its first sample and its length in samples.
const text = JSON.stringify(index, null, 2).replace(/\[\s+(\d+),\s+(\d+)\s+\]/g, '[$1, $2]');
writeFileSync(join(HERE, 'clips.json'), `${text}\n`);
rmSync(work, { recursive: true });
