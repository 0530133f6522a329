'use client';
import { useCallback, useMemo, useState } from 'react';
import { Dialog } from '../../components/Dialog.tsx';
import { InviteCard } from '../../components/InviteCard.tsx';
import { PeopleTones } from '../../components/PeopleTones.tsx';
import { sessionAddress } from '../../lib/address.ts';
import type { Microphone } from '../../lib/audio/Microphone.ts';
import { loadMicrophone } from '../../lib/storage.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { useStore } from '../../lib/useStore.ts';
import { ConversationBanners } from '../conversation/ConversationBanners.tsx';
import { InConversation } from '../conversation/InConversation.tsx';
import { needsTalkButton } from '../conversation/modes.ts';
import { isSilencedByGroup } from '../conversation/sameRoom.ts';
import { TalkButton } from '../conversation/TalkButton.tsx';
import { AskBanners } from '../jobs/AskBanners.tsx';
import { InJobs } from '../jobs/InJobs.tsx';
import { LockSwitch } from '../moderation/LockSwitch.tsx';
import { Moderation } from '../moderation/Moderation.tsx';
import { Announcer } from './Announcer.tsx';
import { bannersOf, signatureOf, type BannerAction, type RoomBanner } from './banners.ts';
import { Dock } from './Dock.tsx';
import { EndDialog } from './EndDialog.tsx';
import { playAll, RemoteAudio } from './RemoteAudio.tsx';
import { RoomBanners } from './RoomBanners.tsx';
import { RoomHeader } from './RoomHeader.tsx';
import type { RoomModel } from './roomModel.ts';
import type { SessionConnection } from './SessionConnection.ts';
import { Stage } from './Stage.tsx';
import { TakingSeat } from './TakingSeat.tsx';
import { Talk } from './Talk.tsx';
import { useMuteKey } from './useMuteKey.ts';

interface Props {
  connection: SessionConnection;
  microphone: Microphone;
  onLobby: () => void;
}

export function Room({ connection, microphone, onLobby }: Props) {
  const { room, link } = useStore(connection.snapshot);
  if (room !== null) return <JoinedRoom {...{ connection, microphone, onLobby, room }} />;
  return <TakingSeat link={link} onRetry={connection.retryNow} onGiveUp={() => connection.leave()} />;
}

function JoinedRoom({ connection, microphone, onLobby, room }: Props & { room: RoomModel }) {
  const snapshot = useStore(connection.snapshot);
  const microphoneState = useStore(microphone.state);
  const [inviting, setInviting] = useState(false);
  const [ending, setEnding] = useState(false);
  const [volumes, setVolumes] = useState<ReadonlyMap<string, number>>(new Map());
  const { muted, listenOnly, tracks, media } = snapshot;
  const { session, me } = room;
  const isOwner = me.role === 'owner';

  const toggleMute = useCallback(() => connection.setMuted(!connection.snapshot.get().muted), [connection]);
  useMuteKey(toggleMute, !listenOnly && !me.silenced && microphoneState.at === 'on');
  // Whoever came in without a microphone has read why in the lobby.
  const [hidden, setHidden] = useState<ReadonlySet<string>>(
    () =>
      new Set(
        bannersOf(snapshot, microphoneState)
          .filter(({ close }) => close === 'hide')
          .map(signatureOf),
      ),
  );
  const close = (banner: RoomBanner) => {
    if (banner.close === 'hide') setHidden((known) => new Set(known).add(signatureOf(banner)));
    else if (banner.close !== undefined) connection.dropNotice(banner.close.notice);
  };
  const openMicrophone = () => {
    setHidden(new Set());
    void microphone.open(loadMicrophone());
  };
  const speak = () => {
    connection.leave();
    onLobby();
  };
  const act = (action: BannerAction) => {
    switch (action) {
      case 'hear':
        return void playAll().then((playing) => connection.reportPlayback(!playing));
      case 'retry-link':
        return connection.retryNow();
      case 'retry-media':
        return connection.retryMedia();
      case 'open-microphone':
        return openMicrophone();
      default:
        return unreachable(action);
    }
  };
  const banners = useMemo(
    () => bannersOf(snapshot, microphoneState, hidden),
    [snapshot, microphoneState, hidden],
  );
  // What the table shows, without the words: it is not drawn again for every syllable.
  const { participants, sources, assistant, assistantProducerId } = room;
  const table = useMemo(
    () => ({ session, me, participants, sources, assistant, assistantProducerId }),
    [session, me, participants, sources, assistant, assistantProducerId],
  );
  const invite = useCallback(() => setInviting(true), []);
  const changeVolume = useCallback(
    (id: string, volume: number) => setVolumes((known) => new Map(known).set(id, volume)),
    [],
  );

  const mayTalk = needsTalkButton(session.conversation) && !listenOnly && microphoneState.at === 'on';
  const ids = [...room.everyone, ...participants.map((person) => person.id)];

  return (
    <PeopleTones ids={ids}>
      <InConversation room={room} asks={connection.asks}>
        <InJobs
          jobs={room.jobs}
          sessionId={session.id}
          policies={session.conversation.tools}
          me={me}
          acts={connection.asks}
        >
          <main
            data-testid="room"
            data-link={snapshot.link.at}
            data-media={media}
            className="flex h-dvh flex-col overflow-hidden sideways:grid sideways:grid-cols-2 sideways:grid-rows-[auto_auto_minmax(0,1fr)_auto] sideways:[grid-template-areas:'head_head'_'note_talk'_'stage_talk'_'dock_talk'] lg:grid lg:grid-cols-[minmax(0,1fr)_25rem] xl:grid-cols-[minmax(0,1fr)_27rem] lg:grid-rows-[auto_auto_minmax(0,1fr)_auto] lg:[grid-template-areas:'head_head'_'note_talk'_'stage_talk'_'dock_talk']"
          >
            <RoomHeader
              title={session.title}
              id={session.id}
              createdAt={session.createdAt}
              count={room.participants.length}
              locked={session.locked}
              onInvite={invite}
            />
            <div className="shrink-0 [grid-area:note]">
              <RoomBanners banners={banners} onAction={act} onClose={close} />
              <AskBanners />
              <ConversationBanners room={room} asks={connection.asks} />
            </div>
            <Moderation isOwner={isOwner} locked={session.locked} asks={connection.asks}>
              <Stage
                levels={connection.levels}
                room={table}
                muted={muted}
                microphone={microphone}
                tracks={tracks}
                volumes={volumes}
                onVolume={changeVolume}
                onInvite={invite}
              />
            </Moderation>
            <Talk room={room} texts={connection.texts} />
            <Dock
              microphone={microphoneState}
              muted={muted}
              listenOnly={listenOnly}
              silenced={me.silenced}
              isOwner={isOwner}
              talk={mayTalk && <TalkButton talk={connection.asks.talk} />}
              onMute={toggleMute}
              onOpenMicrophone={openMicrophone}
              onSpeak={speak}
              onInvite={invite}
              onLeave={() => connection.leave()}
              onEnd={() => setEnding(true)}
            />
            <RemoteAudio
              tracks={tracks}
              volumes={volumes}
              silent={isSilencedByGroup(room.sameRoom, me.id)}
              onPlayback={connection.reportPlayback}
            />
            <Announcer room={room} muted={muted} />
            <Dialog open={inviting} onOpenChange={setInviting} title="Bring another device">
              <InviteCard address={sessionAddress(session.id)} id={session.id} />
              <LockSwitch locked={session.locked} isOwner={isOwner} asks={connection.asks} />
            </Dialog>
            <EndDialog connection={connection} open={ending} onOpenChange={setEnding} />
          </main>
        </InJobs>
      </InConversation>
    </PeopleTones>
  );
}
