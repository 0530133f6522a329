'use client';
import { Monitor, Moon, Sun } from 'lucide-react';
import { useEffect, useState } from 'react';
import { applyTheme, currentTheme, type Theme } from '../lib/theme.ts';
import { IconButton } from './IconButton.tsx';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const ICONS = { system: Monitor, light: Sun, dark: Moon };
const WORDS = { system: 'as the system', light: 'light', dark: 'dark' };

export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>('system');
  useEffect(() => setTheme(currentTheme()), []);
  const change = () => {
    applyTheme(NEXT[theme]);
    setTheme(NEXT[theme]);
  };
  return (
    <IconButton
      icon={ICONS[theme]}
      label={`Colours: ${WORDS[theme]}. Change to ${WORDS[NEXT[theme]]}`}
      onClick={change}
    />
  );
}
