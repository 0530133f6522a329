import { readSessionId } from '@parley/contract';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { NotAnId } from '../../../features/session/NotAnId.tsx';
import { SessionScreen } from '../../../features/session/SessionScreen.tsx';

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params;
  return { title: `Session ${readSessionId(decodeURIComponent(id)) ?? ''}`.trim() };
}

export default async function Page({ params }: Props) {
  const { id } = await params;
  const sessionId = readSessionId(decodeURIComponent(id));
  if (sessionId === undefined) return <NotAnId />;
  // Typed by hand, in capitals or without the dash: one session has one address.
  if (sessionId !== id) redirect(`/s/${sessionId}`);
  return <SessionScreen id={sessionId} />;
}
