/** Colours that keep apart for colour-blind eyes too and are legible on white; then the same for dark pages. */
const COLOURS = ['#0969da', '#bc4c00', '#1a7f37', '#8250df', '#bf3989', '#57606a']
const DARK_COLOURS = ['#58a6ff', '#f0883e', '#3fb950', '#bc8cff', '#f778ba', '#9ea7b3']

/** The class that gives a series its colour; after six they come again. */
export function colourClass(series: number): string {
  return `c${series % COLOURS.length}`
}

function rulesFor(colour: string, series: number): string {
  const name = colourClass(series)
  return `.squint-chart .${name}{stroke:${colour};fill:${colour}}.squint-chart text.${name}{stroke:none;fill:${colour}}`
}

/** What makes a chart right on light and dark pages. Every rule names the chart, as the styles of an inlined SVG reach the whole page. */
export const CHART_STYLE = [
  '.squint-chart{color:#1f2328;font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}',
  ...COLOURS.map(rulesFor),
  `@media(prefers-color-scheme:dark){.squint-chart{color:#e6edf3}${DARK_COLOURS.map(rulesFor).join('')}}`,
  '.squint-chart text{fill:currentColor}',
  '.squint-chart .title{font-size:16px;font-weight:600}',
  '.squint-chart .quiet{fill-opacity:.72}',
  '.squint-chart .name{font-weight:600}',
  '.squint-chart .grid{stroke:currentColor;stroke-opacity:.14}',
  '.squint-chart .axis{stroke:currentColor;stroke-opacity:.5}',
  '.squint-chart .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}',
  '.squint-chart .band{fill-opacity:.16;stroke:none}',
  '.squint-chart .leader{stroke-width:1;stroke-opacity:.6}',
  '.squint-chart .whisker{stroke-width:1.5;stroke-opacity:.6}',
].join('')
