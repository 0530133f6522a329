import { newSessionId } from '@parley/contract';
export default function Page() {
  return <h1 className="text-red-500">{newSessionId()}</h1>;
}
