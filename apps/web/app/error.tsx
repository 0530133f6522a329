'use client';
import { Button } from '../components/Button.tsx';
import { Message } from '../components/Message.tsx';

export default function ErrorPage({ reset }: { reset: () => void }) {
  return (
    <Message
      title="This page stumbled"
      text="Something went wrong in the page itself. What was said is safe on the server."
    >
      <Button variant="primary" onClick={reset}>
        Try again
      </Button>
      <Button onClick={() => globalThis.location.reload()}>Reload the page</Button>
    </Message>
  );
}
