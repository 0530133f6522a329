'use client';
import { Volume2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { playChime } from '../../lib/audio/chime.ts';

type Test = 'untried' | 'playing' | 'played' | 'silent';

const WORDS: Record<Test, string> = {
  untried: 'Make sure that you will hear the others.',
  playing: 'Four rising notes…',
  played: 'Nothing heard? Turn the volume up and check which speaker your system uses.',
  silent: 'This browser plays no sound at the moment. Check that the tab is not muted.',
};

export function SoundTest() {
  const [test, setTest] = useState<Test>('untried');
  const play = async () => {
    setTest('playing');
    setTest((await playChime()) ? 'played' : 'silent');
  };
  return (
    <div className="flex items-center justify-between gap-4">
      <div className="min-w-0">
        <p className="text-sm font-semibold">Sound</p>
        <p className="text-sm text-ink-faint" role="status">
          {WORDS[test]}
        </p>
      </div>
      <Button size="sm" onClick={() => void play()} disabled={test === 'playing'} data-testid="sound-test">
        <Volume2 aria-hidden className="size-4" />
        {test === 'untried' ? 'Play a chime' : 'Again'}
      </Button>
    </div>
  );
}
