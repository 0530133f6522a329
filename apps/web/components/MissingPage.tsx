import { ButtonLink } from './Button.tsx';
import { Message } from './Message.tsx';

/** Nothing is here; all sessions are one step away. */
export function MissingPage({ title, text }: { title: string; text: string }) {
  return (
    <Message title={title} text={text}>
      <ButtonLink href="/" variant="primary">
        See all sessions
      </ButtonLink>
    </Message>
  );
}
