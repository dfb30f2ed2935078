/** A glyph's cell in font pixels: five columns that may be set and one that keeps letters apart. */
export const GLYPH_WIDTH = 6
export const GLYPH_HEIGHT = 9

const COLUMNS = 5
const FIRST = 32
const UNKNOWN = '?'.charCodeAt(0) - FIRST

/**
 * Printable ASCII, nine rows to a glyph, each a digit of base 32 whose highest bit is the left column. Taken from the X11 font
 * -Misc-Fixed-Medium-R-Normal--10 (6x10.bdf: "Public domain terminal emulator font. Share and enjoy.") without its empty top row.
 */
const GLYPHS = (
  '000000000 444440400 aaa000000 aavavaa00 4eke5e400 9la4ali00 8kk8lid00 444000000 248884200 ' +
  '842224800 0havah000 044v44000 000006480 000v00000 000004e40 11248gg00 4ahhha400 4ck444v00 ' +
  'eh168gv00 v1261he00 26aiv2200 vgmp1he00 68gmphe00 v12248800 ehhehhe00 ehjd12c00 04e404e40 ' +
  '04e406480 124842100 00v0v0000 842124800 eh2440400 ehjlmge00 4ahhvhh00 u99e99u00 ehggghe00 ' +
  'u99999u00 vgguggv00 vgguggg00 ehggjhe00 hhhvhhh00 e44444e00 72222ic00 hikokih00 ggggggv00 ' +
  'hhrlhhh00 hhpljhh00 ehhhhhe00 uhhuggg00 ehhhhle10 uhhukih00 ehge1he00 v44444400 hhhhhhe00 ' +
  'hhhaaa400 hhhllrh00 hha4ahh00 hha444400 v1248gv00 e88888e00 gg8421100 e22222e00 4ah000000 ' +
  '0000000v0 420000000 00e1fhf00 ggmphpm00 00ehghe00 11djhjd00 00ehvge00 698u88800 00fhhf1he ' +
  'ggmphhh00 40c444e00 103111996 gghisih00 c44444e00 00qlllh00 00mphhh00 00ehhhe00 00mphpmgg ' +
  '00djhjd11 00mpggg00 00ege1u00 88u889600 00hhhjd00 00hhaa400 00hhlla00 00ha4ah00 00hhjd1he ' +
  '00v248v00 342c24300 444444400 c24342c00 9li000000'
).split(' ')

/** Calls `paint` for every pixel of the text, in font pixels from its top left corner; what is not ASCII shows as a question mark. */
export function eachPixel(text: string, paint: (x: number, y: number) => void): void {
  for (let letter = 0; letter < text.length; letter++) {
    const glyph = GLYPHS[text.charCodeAt(letter) - FIRST] ?? GLYPHS[UNKNOWN]!
    for (let y = 0; y < GLYPH_HEIGHT; y++) {
      const row = Number.parseInt(glyph[y]!, 32)
      for (let x = 0; x < COLUMNS; x++) {
        if (((row >> (COLUMNS - 1 - x)) & 1) === 1) paint(letter * GLYPH_WIDTH + x, y)
      }
    }
  }
}
