import type { ReactNode } from 'react';
import { Brand, Mark } from './Brand.tsx';
import { ThemeToggle } from './ThemeToggle.tsx';

interface Props {
  title: string;
  text: string;
  children?: ReactNode;
}

/** A page that has one thing to say, and the ways on. */
export function Message({ title, text, children }: Props) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-16 items-center justify-between px-5 sm:px-8">
        <Brand />
        <ThemeToggle />
      </header>
      <main className="mx-auto flex w-full max-w-xl flex-1 flex-col items-center justify-center px-6 pb-24 text-center">
        <span className="mb-7 flex size-20 items-center justify-center rounded-full border border-line bg-surface">
          <Mark className="size-10" />
        </span>
        <div role="status">
          <h1 className="text-2xl font-semibold sm:text-3xl">{title}</h1>
          <p className="mx-auto mt-3 max-w-md text-base text-ink-soft">{text}</p>
        </div>
        <div className="mt-8 flex flex-wrap justify-center gap-3">{children}</div>
      </main>
    </div>
  );
}
