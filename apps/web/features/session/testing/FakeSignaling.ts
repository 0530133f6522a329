import type { SignalingCommand, SignalingReply, SignalingRequest } from '@parley/contract';
import type { Signaling, SignalingHandlers } from '../Signaling.ts';

type Answers = {
  [Name in SignalingCommand]?: (
    body: SignalingRequest<Name>,
  ) => SignalingReply<Name> | Promise<SignalingReply<Name>>;
};

/** A hub on a thread: `opened` counts the sockets, `asked` records the commands, `handlers` says what the hub tells. */
export class FakeSignaling implements Signaling {
  readonly handlers: SignalingHandlers;
  readonly answers: Answers;
  readonly asked: { name: SignalingCommand; body: unknown }[] = [];
  opened = 0;
  closed = 0;

  constructor(handlers: SignalingHandlers, answers: Answers) {
    this.handlers = handlers;
    this.answers = answers;
  }

  readonly request = async <Name extends SignalingCommand>(
    name: Name,
    body: SignalingRequest<Name>,
  ): Promise<SignalingReply<Name>> => {
    this.asked.push({ name, body });
    const answer = this.answers[name] as ((body: SignalingRequest<Name>) => SignalingReply<Name>) | undefined;
    if (answer === undefined) return new Promise(() => undefined);
    return answer(body);
  };

  count(name: SignalingCommand): number {
    return this.asked.filter((each) => each.name === name).length;
  }

  open(): void {
    this.opened += 1;
  }

  close(): void {
    this.closed += 1;
  }
}
