import { MissingPage } from '../components/MissingPage.tsx';

export default function NotFound() {
  return <MissingPage title="There is nothing at this address" text="The link may be old or mistyped." />;
}
