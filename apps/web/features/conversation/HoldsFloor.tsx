'use client';
import type { ParticipantId } from '@parley/contract';
import { Radio } from 'lucide-react';
import { useConversation } from './InConversation.tsx';

/** At the seat of whoever holds the talk button. Its parent is positioned. */
export function HoldsFloor({ id }: { id: ParticipantId }) {
  const holds = useConversation()?.holders.includes(id) ?? false;
  if (!holds) return null;
  return (
    <span
      data-testid="holds-floor"
      role="img"
      aria-label="Holds the talk button"
      className="rise absolute -top-1 -left-1 flex size-6 items-center justify-center rounded-full border-2 border-canvas bg-voice text-on-ink"
    >
      <Radio aria-hidden className="size-3.5" />
    </span>
  );
}
