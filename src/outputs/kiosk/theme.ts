import { part, setText, THEME_EVENT } from './dom.js'
import { recall, remember } from './preferences.js'

/** `auto`: as the device asks for. */
type Theme = 'auto' | 'dark' | 'light'

const NEXT: { readonly [T in Theme]: Theme } = { auto: 'dark', dark: 'light', light: 'auto' }
const DARK = '(prefers-color-scheme: dark)'
/** Which screens get dark.css. */
const MEDIA: { readonly [T in Theme]: string } = { auto: DARK, dark: 'all', light: 'not all' }

const isTheme = (text: string | null): text is Theme => text !== null && Object.hasOwn(NEXT, text)

/** Dark or light: as the address says (`?theme=dark`), as was chosen on this screen before, or as the device asks for. */
export function createTheme(button: HTMLButtonElement, signal: AbortSignal): void {
  const sheet = part(document, 'dark', HTMLLinkElement)
  const bars = [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')]
  const words = part(button, 'theme-words', HTMLElement)
  const asked = new URLSearchParams(location.search).get('theme')
  const kept = recall('theme')
  let theme: Theme = isTheme(asked) ? asked : isTheme(kept) ? kept : 'auto'

  function show(): void {
    sheet.media = MEDIA[theme]
    for (const bar of bars) bar.media = mediaOfBar(bar)
    setText(words, theme)
    button.setAttribute('aria-label', `Colours: ${theme}`)
    button.dataset.theme = theme
    document.dispatchEvent(new Event(THEME_EVENT))
  }

  function mediaOfBar({ dataset }: HTMLMetaElement): string {
    if (theme === 'auto')
      return dataset.bar === 'dark' ? DARK : 'not all and (prefers-color-scheme: dark)'
    return dataset.bar === theme ? 'all' : 'not all'
  }

  button.addEventListener(
    'click',
    () => {
      theme = NEXT[theme]
      remember('theme', theme)
      show()
    },
    { signal },
  )
  // A sheet that was not asked for at once comes late.
  const told = (): boolean => document.dispatchEvent(new Event(THEME_EVENT))
  sheet.addEventListener('load', told, { signal })
  show()
}
