'use client';
import type { ParticipantId } from '@parley/contract';
import { money } from '../../lib/format.ts';
import { useState } from 'react';
import { Banner } from '../../components/Banner.tsx';
import { Button } from '../../components/Button.tsx';
import { describeProblem } from '../../lib/problem.ts';
import type { RoomModel } from '../session/roomModel.ts';
import { useConversation } from './InConversation.tsx';
import type { RoomAsks } from './RoomAsks.ts';
import { deviceNames, groupOf, offerFor, signatureOfOffer } from './sameRoom.ts';

interface Props {
  room: RoomModel;
  asks: RoomAsks;
}

/** What stands in the way of the conversation itself: a limit that is reached, devices that hear each other. */
export function ConversationBanners({ room, asks }: Props) {
  const offer = offerFor(room.sameRoom, room.me.id);
  const group = groupOf(room.sameRoom, room.me.id);
  return (
    <div className="flex flex-col gap-2 px-3 not-empty:pt-3 sm:px-5" role="status">
      {room.assistant.phase === 'paused' && <Paused room={room} />}
      {group !== undefined && <Grouped {...{ room, asks, group }} />}
      {offer !== undefined && <Offer key={signatureOfOffer(offer)} {...{ room, asks, offer }} />}
    </div>
  );
}

function Paused({ room: { session, cost, assistant } }: { room: RoomModel }) {
  const onSettings = useConversation()?.onSettings;
  const limit = cost?.limitUsd ?? session.conversation.costLimitUsd;
  const why = limit === null ? assistant.message : `The session has reached its limit of ${money(limit)}.`;
  const ask = onSettings === undefined ? ' Whoever started the session can raise it.' : '';
  return (
    <div data-testid="banner-paused">
      <Banner
        tone="warning"
        title={`${session.agentName} is paused.`}
        text={`${why ?? ''}${limit === null ? '' : ask} You still hear each other, and everything is written down.`}
      >
        {onSettings !== undefined && (
          <Button size="sm" onClick={() => onSettings('limit')} data-testid="raise-limit">
            Raise the limit
          </Button>
        )}
      </Banner>
    </div>
  );
}

/** Asks the room for a group and keeps what went wrong. */
function useGrouping(asks: RoomAsks) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const ask = async (ids: ParticipantId[]) => {
    setBusy(true);
    setError(undefined);
    try {
      await asks.group(ids);
    } catch (problem) {
      const { title, text } = describeProblem(problem);
      setError(`${title}. ${text}`);
    }
    setBusy(false);
  };
  return { busy, error, ask };
}

function Offer({ room, asks, offer }: Props & { offer: ParticipantId[] }) {
  const { busy, error, ask } = useGrouping(asks);
  const [dismissed, setDismissed] = useState(false);
  // Whoever left in this moment is still offered until the room says otherwise.
  const present = room.participants.filter(({ id }) => offer.includes(id)).length;
  if (dismissed || present < 2) return null;
  const names = deviceNames(offer, room.participants, room.me.id);
  return (
    <div data-testid="banner-same-room">
      <Banner
        tone={error === undefined ? 'info' : 'error'}
        title={`These devices seem to be in one room: ${names}.`}
        text={
          error ??
          'Share one microphone and one loudspeaker? Then nothing echoes: this device plays for all of them.'
        }
        onDismiss={() => setDismissed(true)}
      >
        <Button size="sm" disabled={busy} onClick={() => void ask(offer)} data-testid="share-room">
          {busy ? 'One moment…' : 'Share'}
        </Button>
      </Banner>
    </div>
  );
}

function Grouped({
  room,
  asks,
  group,
}: Props & { group: { participantIds: ParticipantId[]; speakerId: ParticipantId } }) {
  const { busy, error, ask } = useGrouping(asks);
  const { id: me } = room.me;
  const plays = group.speakerId === me;
  const speaker = room.participants.find(({ id }) => id === group.speakerId)?.name ?? 'Another device';
  const others = deviceNames(
    group.participantIds.filter((id) => id !== me),
    room.participants,
    me,
  );
  return (
    <div data-testid="banner-grouped" data-plays={plays}>
      <Banner
        tone={error === undefined ? 'info' : 'error'}
        title={plays ? `This device also plays for ${others}.` : `${speaker} plays for this device.`}
        text={
          error ??
          (plays
            ? 'You are in one room: of your microphones the best is heard.'
            : 'It is silent itself, because you are in one room. The best microphone is heard.')
        }
      >
        <Button size="sm" disabled={busy} onClick={() => void ask([])} data-testid="leave-group">
          {busy ? 'One moment…' : 'Stop sharing'}
        </Button>
      </Banner>
    </div>
  );
}
