import type { Drawing } from '../../events/zones.js'
import { part } from './dom.js'
import { nameTag, outlineShape } from './zone-shapes.js'

/** Draws zones with their names, and masks, over a live picture. It costs nothing per frame: they lie on it, and are drawn when they change. */
export function createZoneLayer(root: Element): (drawing: Drawing) => void {
  const lines = part(root, 'zone-lines', SVGSVGElement)
  const names = part(root, 'zone-names', HTMLElement)
  let shown = ''
  return ({ zones, masks }) => {
    const text = JSON.stringify([zones, masks])
    if (text === shown) return
    shown = text
    lines.replaceChildren(
      ...masks.map(polygon => outlineShape('mask', polygon)),
      ...zones.map(({ polygon }) => outlineShape('zone', polygon)),
    )
    names.replaceChildren(...zones.map(({ name, polygon }) => nameTag(name, polygon)))
  }
}
