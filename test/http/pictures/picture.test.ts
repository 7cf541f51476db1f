import { expect, test } from 'vitest'
import { pictureSize, pictureTypeOf } from '../../../src/http/pictures/picture.js'

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part))))
const png = (width: number, height: number) => {
  const size = Buffer.alloc(8)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  return bytes([0x89], 'PNG\r\n', [0x1a, 0x0a, 0, 0, 0, 13], 'IHDR', [...size])
}

test.each([
  ['image/png', png(1, 1)],
  ['image/jpeg', bytes([0xff, 0xd8, 0xff, 0xe0])],
  ['image/gif', bytes('GIF89a')],
  ['image/webp', bytes('RIFF', [1, 2, 3, 4], 'WEBPVP8 ')],
  ['image/avif', bytes([0, 0, 0, 32], 'ftypavif')],
  ['image/x-icon', bytes([0, 0, 1, 0, 1, 0])],
  ['image/svg+xml', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  [
    'image/svg+xml',
    bytes('\ufeff<?xml version="1.0"?>\n<!-- a -- b -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">\n<svg>'),
  ],
])('%s is known by its content', (type, content) => {
  expect(pictureTypeOf(content)).toBe(type)
})

test.each([
  ['a page', '<!doctype html><html><body><svg></svg></body></html>'],
  ['a page that begins as XML', '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><svg/></html>'],
  ['an SVG with entities', '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>'],
  ['a name that only begins like it', '<svgx>'],
  ['a script', 'alert(1)'],
  ['nothing', ''],
])('%s is no picture', (_what, content) => {
  expect(pictureTypeOf(Buffer.from(content))).toBeNull()
})

test.each([
  ['<svg viewBox="0 0 120 32">', { width: 120, height: 32 }],
  ["<svg\n width='1' viewBox='0,0,24,24'>", { width: 24, height: 24 }],
  ['<svg width="64px" height="32">', { width: 64, height: 32 }],
  ['<svg width="100%" height="100%">', null],
  ['<svg>', null],
])('the size of %s is %o', (content, size) => {
  expect(pictureSize({ type: 'image/svg+xml', bytes: Buffer.from(content) as Buffer<ArrayBuffer> })).toEqual(size)
})

test('the size of a PNG is in its header', () => {
  const sized = (content: Buffer) => pictureSize({ type: 'image/png', bytes: content as Buffer<ArrayBuffer> })
  expect(sized(png(640, 128))).toEqual({ width: 640, height: 128 })
  expect(sized(png(1, 1).subarray(0, 20))).toBeNull()
})
