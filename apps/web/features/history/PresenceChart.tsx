import { Avatar } from '../../components/Avatar.tsx';
import { usePersonColor } from '../../components/PeopleTones.tsx';
import { duration } from '../../lib/format.ts';
import { totalMs, type Attendance, type Attended, type Stretch } from './presence.ts';

/** One lane for each participant over the length of the session: the pale bar is presence, the full one speech. */
export function PresenceChart({ attended, agentName }: { attended: Attended; agentName: string }) {
  const { people, replies } = attended;
  return (
    <section
      aria-labelledby="present-heading"
      className="rounded-card border border-line bg-surface p-5 sm:p-8"
    >
      <h2 id="present-heading" className="mb-5 text-lg font-semibold">
        At the table
      </h2>
      <ul className="flex flex-col gap-4">
        {people.map((person) => (
          <li key={person.id} className="grid items-center gap-x-5 gap-y-1.5 sm:grid-cols-[15rem_1fr]">
            <span className="flex min-w-0 items-center gap-3">
              <Avatar id={person.id} name={person.name} />
              <span className="min-w-0">
                <span className="block truncate leading-tight font-medium">{person.name}</span>
                <span className="block truncate text-sm text-ink-faint">
                  {duration(totalMs(person.there))} there
                  {person.spokenMs > 0 && <>, {duration(person.spokenMs)} speaking</>}
                  {person.typed > 0 && <>, {person.typed} typed</>}
                </span>
              </span>
            </span>
            <PersonLane attended={attended} person={person} />
          </li>
        ))}
        <li className="grid items-center gap-x-5 gap-y-1.5 sm:grid-cols-[15rem_1fr]">
          <span className="flex min-w-0 items-center gap-3">
            <span className="flex size-9 shrink-0 items-center justify-center rounded-full bg-assistant text-xs font-semibold text-on-ink">
              {agentName[0]?.toUpperCase()}
            </span>
            <span className="min-w-0">
              <span className="block truncate leading-tight font-medium">{agentName}</span>
              <span className="block truncate text-sm text-ink-faint">
                {replies.length} {replies.length === 1 ? 'answer' : 'answers'}, {duration(totalMs(replies))}{' '}
                heard
              </span>
            </span>
          </span>
          <Lane attended={attended} pale={[]} full={replies} color="var(--assistant)" />
        </li>
      </ul>
    </section>
  );
}

function PersonLane({ attended, person }: { attended: Attended; person: Attendance }) {
  const color = usePersonColor(person.id);
  return <Lane attended={attended} pale={person.there} full={person.spoke} color={color} />;
}

interface LaneProps {
  attended: Attended;
  pale: Stretch[];
  full: Stretch[];
  color: string;
}

function Lane({ attended: { from, to }, pale, full, color }: LaneProps) {
  const length = Math.max(1, to - from);
  const bar = (stretch: Stretch) => {
    const start = Math.min(1, Math.max(0, (stretch.from - from) / length));
    const end = Math.min(1, Math.max(start, (stretch.to - from) / length));
    return { left: `${start * 100}%`, width: `max(3px, ${(end - start) * 100}%)`, background: color };
  };
  return (
    <span aria-hidden className="relative block h-5 overflow-hidden rounded-full bg-sunk">
      {pale.map((stretch) => (
        <span
          key={stretch.from}
          style={bar(stretch)}
          className="absolute inset-y-0 rounded-full opacity-25"
        />
      ))}
      {full.map((stretch) => (
        <span
          key={`${stretch.from}-${stretch.to}`}
          style={bar(stretch)}
          className="absolute inset-y-1 rounded-full"
        />
      ))}
    </span>
  );
}
