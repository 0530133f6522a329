import { SessionsPage } from '../features/sessions/SessionsPage.tsx';

export default function Page() {
  return <SessionsPage />;
}
