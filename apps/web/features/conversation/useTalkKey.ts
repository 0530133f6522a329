import { useEffect } from 'react';
import { isTyping } from '../session/useMuteKey.ts';
import type { TalkHold } from './TalkHold.ts';

const KEY = 'space';

/**
 * The space bar talks for as long as it is held, wherever the focus is but in fields and dialogs; buttons still obey
 * Enter. When the page loses the focus nobody tells it that the key came up, so that lets go.
 */
export function useTalkKey(talk: TalkHold, enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return undefined;
    const onDown = (event: KeyboardEvent) => {
      if (event.code !== 'Space' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) return;
      event.preventDefault();
      if (!event.repeat) talk.press(KEY);
    };
    const onUp = (event: KeyboardEvent) => {
      if (event.code !== 'Space') return;
      // Otherwise the button with the focus would be clicked.
      if (talk.state.get() !== 'idle') event.preventDefault();
      talk.release(KEY);
    };
    const onHidden = () => {
      if (document.visibilityState === 'hidden') talk.letGo();
    };
    globalThis.addEventListener('keydown', onDown);
    globalThis.addEventListener('keyup', onUp);
    globalThis.addEventListener('blur', talk.letGo);
    globalThis.addEventListener('pagehide', talk.letGo);
    document.addEventListener('visibilitychange', onHidden);
    return () => {
      globalThis.removeEventListener('keydown', onDown);
      globalThis.removeEventListener('keyup', onUp);
      globalThis.removeEventListener('blur', talk.letGo);
      globalThis.removeEventListener('pagehide', talk.letGo);
      document.removeEventListener('visibilitychange', onHidden);
      talk.letGo();
    };
  }, [talk, enabled]);
}
