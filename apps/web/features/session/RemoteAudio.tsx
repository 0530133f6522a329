'use client';
import { useEffect, useRef } from 'react';
import { ASSISTANT } from './LevelBoard.ts';
import type { RemoteTrack } from './MediaPort.ts';

interface Props {
  tracks: RemoteTrack[];
  volumes: ReadonlyMap<string, number>;
  /** Another device in the same room plays for this one. */
  silent: boolean;
  onPlayback: (blocked: boolean) => void;
}

/** One element per voice: each has its own volume, and none waits for another. */
export function RemoteAudio({ tracks, volumes, silent, onPlayback }: Props) {
  return (
    <>
      {tracks.map((remote) => (
        <Voice
          key={remote.producerId}
          remote={remote}
          volume={volumes.get(remote.voice) ?? 1}
          silent={silent}
          onPlayback={onPlayback}
        />
      ))}
    </>
  );
}

interface VoiceProps {
  remote: RemoteTrack;
  volume: number;
  silent: boolean;
  onPlayback: (blocked: boolean) => void;
}

function Voice({ remote: { track, voice }, volume, silent, onPlayback }: VoiceProps) {
  const ref = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = ref.current;
    if (audio === null) return undefined;
    audio.srcObject = new MediaStream([track]);
    audio.play().then(
      () => onPlayback(false),
      (error: unknown) => {
        // A track that ended while it started (AbortError) is no reason to ask for a tap.
        if (error instanceof DOMException && error.name === 'NotAllowedError') onPlayback(true);
      },
    );
    return () => {
      audio.srcObject = null;
    };
  }, [track, onPlayback]);
  useEffect(() => {
    if (ref.current !== null) ref.current.volume = volume;
  }, [volume]);
  const whose = voice === ASSISTANT ? { 'data-assistant': true } : { 'data-participant-id': voice };
  return <audio ref={ref} autoPlay playsInline muted={silent} data-testid="remote-audio" {...whose} />;
}

/** Starts every voice from within a tap, which is what the browser waited for. */
export async function playAll(): Promise<boolean> {
  const voices = document.querySelectorAll<HTMLAudioElement>('[data-testid="remote-audio"]');
  const started = await Promise.allSettled(Array.from(voices, (voice) => voice.play()));
  return started.every((outcome) => outcome.status === 'fulfilled');
}
