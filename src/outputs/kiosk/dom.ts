/** Told to the document when somebody has chosen other colours. */
export const THEME_EVENT = 'squint-theme'

/** The element of index.html that carries this name; index.html and the page are built together, so a missing one is a bug. */
export function part<T extends Element>(root: ParentNode, name: string, kind: new () => T): T {
  const found = root.querySelector(`[data-part="${name}"]`)
  if (!(found instanceof kind)) throw new Error(`index.html lacks the part ${name}`)
  return found
}

/** Text from the network goes through here: never markup, and no layout where nothing changed. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** The length of a bar, 0..1, as a custom property: the page's policy forbids style attributes. */
export function setShare(element: HTMLElement | SVGElement, share: number): void {
  element.style.setProperty('--share', Math.min(1, Math.max(0, share || 0)).toFixed(3))
}

/** Shows the eye of a stage, from the symbols in index.html. */
export function setEye(use: SVGUseElement, stage: string): void {
  const href = `#eye-${stage}`
  if (use.getAttribute('href') !== href) use.setAttribute('href', href)
}

/** Custom properties as colours that a canvas can be filled with; `onChange` is called when it turns dark or light. */
export function watchColours<T extends string>(
  properties: { readonly [K in T]: string },
  onChange: () => void,
  signal: AbortSignal,
): () => { readonly [K in T]: string } {
  const read = (): { readonly [K in T]: string } => {
    const style = getComputedStyle(document.documentElement)
    const colours: { [K in T]: string } = { ...properties }
    for (const name in properties) colours[name] = style.getPropertyValue(properties[name]).trim()
    return colours
  }
  let colours = read()
  const turn = (): void => {
    colours = read()
    onChange()
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', turn, { signal })
  document.addEventListener(THEME_EVENT, turn, { signal })
  return () => colours
}

/** Keeps a canvas as sharp as the screen: one pixel of it is one pixel of the screen. */
export function fitCanvas(
  canvas: HTMLCanvasElement,
  onResize: () => void,
  signal: AbortSignal,
): void {
  const observer = new ResizeObserver(([entry]) => {
    if (!entry) return
    const width = Math.round(entry.contentRect.width * window.devicePixelRatio)
    const height = Math.round(entry.contentRect.height * window.devicePixelRatio)
    if (canvas.width === width && canvas.height === height) return
    canvas.width = width
    canvas.height = height
    onResize()
  })
  observer.observe(canvas)
  signal.addEventListener('abort', () => observer.disconnect())
}
