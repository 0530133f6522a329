'use client';
import type { AssistantPhase, ConversationSettings, ParticipantId } from '@parley/contract';
import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import type { CostView, RoomModel } from '../session/roomModel.ts';
import type { RoomAsks } from './RoomAsks.ts';
import { SettingsDialog, type SettingsPart } from './SettingsDialog.tsx';

export interface ConversationView {
  settings: ConversationSettings;
  agentName: string;
  phase: AssistantPhase;
  holders: readonly ParticipantId[];
  cost: CostView | null;
  /** Opens the settings, at one of them if given. Undefined for who may not change them. */
  onSettings: ((part?: SettingsPart) => void) | undefined;
}

const Context = createContext<ConversationView | null>(null);

/** How the assistant takes part, for whatever stands in the room; null outside of one. */
export const useConversation = (): ConversationView | null => use(Context);

interface Props {
  room: RoomModel;
  asks: RoomAsks;
  children: ReactNode;
}

export function InConversation({ room, asks, children }: Props) {
  const [open, setOpen] = useState(false);
  const [part, setPart] = useState<SettingsPart>('mode');
  const { floor: holders, cost, session, me } = room;
  const { conversation: settings, agentName } = session;
  const { phase } = room.assistant;
  const isOwner = me.role === 'owner';
  // Not drawn again for every syllable of the transcript.
  const view = useMemo<ConversationView>(() => {
    const onSettings = (wanted: SettingsPart = 'mode') => {
      setPart(wanted);
      setOpen(true);
    };
    return { settings, agentName, phase, holders, cost, onSettings: isOwner ? onSettings : undefined };
  }, [settings, agentName, phase, holders, cost, isOwner]);
  return (
    <Context value={view}>
      {children}
      <SettingsDialog
        open={open}
        onOpenChange={setOpen}
        part={part}
        settings={settings}
        agentName={agentName}
        onChange={asks.configure}
      />
    </Context>
  );
}
