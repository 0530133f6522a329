import { MissingPage } from '../../components/MissingPage.tsx';

export function NotAnId() {
  return (
    <MissingPage
      title="That is not a session ID"
      text="A session ID has eight letters and digits, like k7fm-2xqd. Ask for the link or its QR code again."
    />
  );
}
