'use client';
import { useEffect, useRef } from 'react';
import { Listening } from '../lib/audio/Listening.ts';
import { levelShare } from '../lib/format.ts';
import { cx } from '../lib/cx.ts';

const BAR_PX = 3;
const GAP_PX = 3;
/** One bar for this much time. */
const STEP_MS = 40;

interface Props {
  track: MediaStreamTrack | null;
  className?: string;
}

/** The last seconds of a track as bars that walk to the left, in the colour of the text around it. */
export function Waveform({ track, className }: Props) {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return undefined;
    const listening = track === null ? undefined : new Listening(track, 2048);
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    let heights: number[] = [];
    let frame = 0;
    let last = 0;
    let quiet = false;
    const draw = (now: number) => {
      frame = requestAnimationFrame(draw);
      if (now - last < (calm ? 400 : STEP_MS)) return;
      last = now;
      const share = listening === undefined ? 0 : levelShare(listening.level());
      // A flat line need not be drawn again and again.
      if (share === 0 && quiet && canvas.width === Math.round(canvas.clientWidth * devicePixelRatio)) return;
      const slots = Math.max(1, Math.floor(canvas.clientWidth / (BAR_PX + GAP_PX)));
      heights = calm ? Array.from({ length: slots }, () => share) : [...heights, share].slice(-slots);
      quiet = heights.length >= slots && heights.every((height) => height === 0);
      paint(canvas, context, heights, slots);
    };
    frame = requestAnimationFrame(draw);
    return () => {
      cancelAnimationFrame(frame);
      listening?.close();
    };
  }, [track]);
  return <canvas ref={canvasRef} aria-hidden className={cx('block', className)} />;
}

function paint(
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  heights: number[],
  slots: number,
): void {
  const scale = devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(canvas).color;
  for (let slot = 0; slot < slots; slot++) {
    const share = heights[heights.length - slots + slot] ?? 0;
    const tall = Math.max(BAR_PX, share * height);
    // Older bars fade: the eye stays with the present.
    context.globalAlpha = (0.35 + 0.65 * share) * (0.3 + 0.7 * (slot / slots));
    context.beginPath();
    context.roundRect(slot * (BAR_PX + GAP_PX), (height - tall) / 2, BAR_PX, tall, BAR_PX / 2);
    context.fill();
  }
}
