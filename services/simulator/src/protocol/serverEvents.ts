import type {
  ConversationItem,
  RealtimeResponse,
  RealtimeServerEvent,
} from 'openai/resources/realtime/realtime';

type WithoutId<Event> = Event extends { event_id: string } ? Omit<Event, 'event_id'> : never;

/** What a session sends, as the official client's types have it. The sender adds `event_id`. */
export type ServerEvent = WithoutId<RealtimeServerEvent>;

/** An item as it goes over the wire. */
export type WireItem = ConversationItem;

/** A response as it goes over the wire. */
export type WireResponse = RealtimeResponse;

/** Sends one event to the client. Sending to a closed connection does nothing. */
export type Send = (event: ServerEvent) => void;
