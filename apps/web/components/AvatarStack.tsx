import { listNames } from '../lib/people.ts';
import { Avatar } from './Avatar.tsx';

interface Props {
  people: { id: string; name: string }[];
  /** All who are there, of whom `people` may be a part. */
  count?: number;
  shown?: number;
}

export function AvatarStack({ people, count = people.length, shown = 5 }: Props) {
  const faces = people.slice(0, count > shown ? shown - 1 : shown);
  const more = count - faces.length;
  return (
    <span
      className="flex items-center"
      role="img"
      aria-label={listNames(
        people.map((person) => person.name),
        shown,
      )}
    >
      {faces.map((person) => (
        <Avatar
          key={person.id}
          id={person.id}
          name={person.name}
          className="-ml-2 size-8 text-[0.6875rem] ring-2 ring-raised first:ml-0"
        />
      ))}
      {more > 0 && (
        <span className="-ml-2 inline-flex size-8 items-center justify-center rounded-full bg-sunk text-[0.6875rem] font-semibold text-ink-soft ring-2 ring-raised first:ml-0">
          +{more}
        </span>
      )}
    </span>
  );
}
