// The theme switch: follow the system, light, or dark. The choice is this browser's own.
import { useState } from 'preact/hooks'
import { Button } from './button.tsx'
import { AutoThemeIcon, MoonIcon, SunIcon } from './icons.tsx'

type Theme = 'auto' | 'light' | 'dark'
/** theme-boot.ts reads the same key. */
const KEY = 'stagedoor.theme'
const NEXT: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' }
const NAMES: Record<Theme, string> = { auto: 'as the system', light: 'light', dark: 'dark' }

function current(): Theme {
  const chosen = document.documentElement.dataset['theme']
  return chosen === 'light' || chosen === 'dark' ? chosen : 'auto'
}

function apply(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  try {
    if (theme === 'auto') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, theme)
  } catch {
    // Storage can be forbidden; the choice then lasts until the page is left.
  }
}

export function ThemeToggle() {
  const [theme, setTheme] = useState(current)
  const Icon = { auto: AutoThemeIcon, light: SunIcon, dark: MoonIcon }[theme]
  const change = () => {
    apply(NEXT[theme])
    setTheme(NEXT[theme])
  }
  return (
    <Button
      variant="quiet"
      icon
      onClick={change}
      title={`Theme: ${NAMES[theme]}`}
      aria-label={`Theme: ${NAMES[theme]}. Change to ${NAMES[NEXT[theme]]}`}
    >
      <Icon />
    </Button>
  )
}
