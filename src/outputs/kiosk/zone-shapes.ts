import type { Point } from '../../events/zones.js'
import { setText } from './dom.js'
import { middleOf } from './polygon.js'
import type { OutlineKind } from './sketch.js'

const SVG = 'http://www.w3.org/2000/svg'
/** Of the square that zones.css stretches over the picture. */
const SIZE = 100

/** Corners as SVG writes them. */
export function pointsText(corners: readonly Point[]): string {
  return corners.map(([x, y]) => `${x * SIZE},${y * SIZE}`).join(' ')
}

/** An outline over the picture: a dark seam below a light line, so that it shows on everything. */
export function outlineShape(
  kind: OutlineKind,
  corners: readonly Point[],
  isClosed = true,
): SVGGElement {
  const group = document.createElementNS(SVG, 'g')
  group.classList.add(kind)
  for (const part of ['seam', 'line']) {
    const line = document.createElementNS(SVG, isClosed ? 'polygon' : 'polyline')
    line.setAttribute('points', pointsText(corners))
    line.classList.add(part)
    group.append(line)
  }
  return group
}

/** Puts an element at a point of the picture. */
export function placeAt(element: HTMLElement, [x, y]: Point): void {
  element.style.setProperty('--x', x.toFixed(4))
  element.style.setProperty('--y', y.toFixed(4))
}

/** A name in the middle of what it names. */
export function nameTag(name: string, corners: readonly Point[]): HTMLElement {
  const tag = document.createElement('span')
  tag.className = 'zone-name'
  setText(tag, name)
  placeAt(tag, middleOf(corners))
  return tag
}
