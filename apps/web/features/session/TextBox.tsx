'use client';
import { SendHorizontal } from 'lucide-react';
import { useRef, useState, type FormEvent, type KeyboardEvent } from 'react';

const MAX_LENGTH = 4_000;

/** Enter sends, Shift and Enter begin a new line. */
export function TextBox({ onSend, agentName }: { onSend: (text: string) => void; agentName: string }) {
  const [text, setText] = useState('');
  const areaRef = useRef<HTMLTextAreaElement>(null);
  const empty = text.trim() === '';
  const send = () => {
    if (empty) return;
    onSend(text);
    setText('');
    areaRef.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While a word is being composed (Chinese, Japanese, …) Enter belongs to the input method.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  return (
    <form onSubmit={submit} className="flex items-end gap-2 border-t border-line p-2.5 sm:p-3">
      <textarea
        ref={areaRef}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        maxLength={MAX_LENGTH}
        rows={1}
        enterKeyHint="send"
        aria-label="Message to the table"
        placeholder={`Write to everybody and ${agentName}`}
        data-testid="text-input"
        className="[field-sizing:content] max-h-32 min-h-11 min-w-0 flex-1 resize-none rounded-3xl border border-line-strong/50 bg-raised px-4 py-2.5 text-base leading-snug placeholder:text-ink-faint focus:border-accent focus:ring-2 focus:ring-accent/30 focus:outline-none"
      />
      <button
        type="submit"
        disabled={empty}
        aria-label="Send"
        data-testid="send-text"
        className="flex size-11 shrink-0 items-center justify-center rounded-full bg-ink text-on-ink transition-opacity disabled:opacity-30"
      >
        <SendHorizontal aria-hidden className="size-5" />
      </button>
    </form>
  );
}
