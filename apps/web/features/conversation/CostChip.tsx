'use client';
import type { TokenUsage } from '@parley/contract';
import { Popover } from 'radix-ui';
import { usePersonColor } from '../../components/PeopleTones.tsx';
import { cx } from '../../lib/cx.ts';
import { money, percent } from '../../lib/format.ts';
import type { CostView } from '../session/roomModel.ts';
import { costFigure, count, limitShare, NEAR_LIMIT } from './cost.ts';
import { useConversation } from './InConversation.tsx';

/** What the session has cost; a tap says for whom and for what. */
export function CostChip() {
  const view = useConversation();
  if (view === null || view.cost === null) return null;
  const { cost, onSettings } = view;
  const near = (limitShare(cost) ?? 0) >= NEAR_LIMIT;
  const figure = costFigure(cost);
  return (
    <Popover.Root>
      <Popover.Trigger
        data-testid="cost-chip"
        aria-label={`Cost so far: ${figure}`}
        className={cx(
          'h-9 shrink-0 rounded-full px-2.5 text-sm font-medium tabular-nums transition-colors',
          near ? 'bg-warning-soft text-ink' : 'text-ink-soft hover:bg-sunk hover:text-ink',
        )}
      >
        {figure}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          sideOffset={6}
          collisionPadding={12}
          data-testid="cost-details"
          className="rise z-30 w-72 rounded-2xl border border-line bg-raised p-4 text-sm shadow-float outline-none"
        >
          <p className="flex items-baseline justify-between gap-3">
            <span className="font-semibold">Cost so far</span>
            <span className="text-lg font-semibold tabular-nums">{money(cost.spentUsd)}</span>
          </p>
          <Limit cost={cost} onRaise={onSettings && (() => onSettings('limit'))} />
          {cost.participants.length > 0 && <People cost={cost} />}
          <Tokens tokens={cost.tokens} />
          <Popover.Arrow className="fill-line" />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Limit({ cost, onRaise }: { cost: CostView; onRaise: (() => void) | undefined }) {
  const share = limitShare(cost);
  return (
    <div className="mt-1.5">
      {share !== undefined && (
        <span aria-hidden className="mb-1.5 block h-1.5 overflow-hidden rounded-full bg-line">
          <span
            className={cx('block h-full rounded-full', share >= NEAR_LIMIT ? 'bg-danger' : 'bg-accent')}
            style={{ width: `${share * 100}%` }}
          />
        </span>
      )}
      <p className="flex items-baseline justify-between gap-3 text-ink-faint">
        <span>
          {share === undefined
            ? 'No limit is set'
            : `${percent(share)} of the limit of ${money(cost.limitUsd ?? 0)}`}
        </span>
        {onRaise !== undefined && (
          <Popover.Close
            onClick={onRaise}
            className="font-semibold text-ink underline decoration-line-strong underline-offset-2"
          >
            Change
          </Popover.Close>
        )}
      </p>
    </div>
  );
}

function People({ cost }: { cost: CostView }) {
  const people = cost.participants.toSorted((a, b) => b.costUsd - a.costUsd);
  const most = Math.max(...people.map(({ costUsd }) => costUsd), Number.MIN_VALUE);
  return (
    <ul className="mt-3 flex flex-col gap-2 border-t border-line pt-3">
      {people.map(({ participantId, name, costUsd }) => (
        <li key={participantId}>
          <span className="flex justify-between gap-3">
            <span className="truncate">{name}</span>
            <span className="text-ink-soft tabular-nums">{money(costUsd)}</span>
          </span>
          <Bar id={participantId} share={costUsd / most} />
        </li>
      ))}
    </ul>
  );
}

function Bar({ id, share }: { id: string; share: number }) {
  return (
    <span
      aria-hidden
      className="mt-1 block h-1 rounded-full"
      style={{ width: `${Math.max(1, share * 100)}%`, background: usePersonColor(id) }}
    />
  );
}

function Tokens({ tokens }: { tokens: TokenUsage }) {
  const rows: [string, number][] = [
    ['Heard', tokens.inputAudioTokens],
    ['Read', tokens.inputTextTokens],
    ['Spoken', tokens.outputAudioTokens],
    ['Written', tokens.outputTextTokens],
    ['Of what it heard and read, cached', tokens.cachedTokens],
  ];
  return (
    <dl className="mt-3 grid grid-cols-[1fr_auto] gap-x-3 gap-y-0.5 border-t border-line pt-3 text-[0.8125rem] text-ink-faint">
      <dt className="col-span-2 font-medium text-ink-soft">Tokens</dt>
      {rows.map(([label, value]) => (
        <div key={label} className="contents">
          <dt>{label}</dt>
          <dd className="text-right tabular-nums">{count(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
