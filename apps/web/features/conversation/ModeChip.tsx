'use client';
import { SlidersHorizontal } from 'lucide-react';
import { IconButton } from '../../components/IconButton.tsx';
import { useConversation } from './InConversation.tsx';
import { MODE_WORDS } from './modes.ts';

const CHIP =
  'mt-1 inline-flex min-h-6 items-center gap-1.5 rounded-full px-2.5 text-[0.8125rem] leading-none font-medium text-ink-soft';

/** When the assistant answers, for everybody to see; the owner changes it with a tap. */
export function ModeChip() {
  const view = useConversation();
  if (view === null) return null;
  const { chip, hint } = MODE_WORDS[view.settings.answer];
  const { onSettings } = view;
  if (onSettings === undefined)
    return (
      <span data-testid="mode-chip" title={hint} className={`${CHIP} bg-sunk`}>
        {chip}
      </span>
    );
  return (
    <button
      type="button"
      data-testid="mode-chip"
      title={`${hint} Change it`}
      onClick={() => onSettings()}
      className={`${CHIP} bg-sunk transition-colors hover:bg-line hover:text-ink`}
    >
      {chip}
      <SlidersHorizontal aria-hidden className="size-3.5" />
    </button>
  );
}

/** The owner's door to the settings in the header. On a phone the chip is that door. */
export function SettingsButton() {
  const onSettings = useConversation()?.onSettings;
  if (onSettings === undefined) return null;
  return (
    <IconButton
      icon={SlidersHorizontal}
      label="How the assistant takes part"
      data-testid="settings-button"
      onClick={() => onSettings()}
      className="max-sm:hidden"
    />
  );
}
