import type { ComponentProps } from 'react';
import ReactMarkdown from 'react-markdown';

/**
 * Text that somebody else has written, as Markdown. Raw HTML in it stays text, addresses that run something are taken
 * out, and pictures are not fetched: that would tell a stranger who reads it.
 */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      <ReactMarkdown disallowedElements={['img']} unwrapDisallowed components={{ a: Outward }}>
        {text}
      </ReactMarkdown>
    </div>
  );
}

function Outward({ href, children }: ComponentProps<'a'>) {
  return (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow">
      {children}
    </a>
  );
}
