export type PictureType =
  | 'image/svg+xml'
  | 'image/png'
  | 'image/jpeg'
  | 'image/gif'
  | 'image/webp'
  | 'image/avif'
  | 'image/x-icon'

/** A picture that Patchbay serves from its own origin. */
export interface Picture {
  type: PictureType
  bytes: Buffer<ArrayBuffer>
}

/** What the bytes of each are, from an offset on. */
const SIGNATURES: readonly [type: PictureType, offset: number, bytes: string][] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
  ['image/webp', 8, 'WEBP'],
  ['image/avif', 4, 'ftypavif'],
  ['image/avif', 4, 'ftypavis'],
  ['image/x-icon', 0, '\0\0\x01\0'],
]
/** What may come before the root element: a byte order mark, a declaration, comments and a plain document type. */
const SVG = /^\ufeff?\s*(?:<\?xml[^>]*\?>\s*)?(?:(?:<!--(?:[^-]|-(?!->))*-->|<!DOCTYPE\s[^[>]*>)\s*)*<svg[\s>]/
const SVG_START_BYTES = 4_096

/**
 * Returns what kind of picture this is, or null if it's none. Only the content counts, because servers often state another
 * type, and a page must never pass for a picture.
 */
export function pictureTypeOf(bytes: Buffer): PictureType | null {
  const start = bytes.toString('latin1', 0, 16)
  const [type] = SIGNATURES.find(([, offset, signature]) => start.startsWith(signature, offset)) ?? []
  if (type) return type
  return SVG.test(bytes.toString('utf8', 0, SVG_START_BYTES)) ? 'image/svg+xml' : null
}

/**
 * The headers of every picture. In a page, scripts of an SVG never run. Opened on its own, it gets no origin, runs nothing
 * and loads nothing. Pages of other origins may show it, because anyone may get it.
 */
export function pictureHeaders({ type }: Pick<Picture, 'type'>): Record<string, string> {
  return {
    'content-type': type,
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
  }
}

/** Returns the width and height of an SVG or PNG, or null if it doesn't say. */
export function pictureSize({ type, bytes }: Picture): { width: number; height: number } | null {
  const size = type === 'image/png' ? sizeOfPng(bytes) : type === 'image/svg+xml' ? sizeOfSvg(bytes) : null
  return size && size.width > 0 && size.height > 0 ? size : null
}

/** @see PNG specification, 11.2.1: IHDR is the first chunk */
function sizeOfPng(bytes: Buffer) {
  return bytes.length < 24 ? null : { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

function sizeOfSvg(bytes: Buffer) {
  const [root = ''] = /<svg[\s>][^>]*/.exec(bytes.toString('utf8')) ?? []
  const attribute = (name: string) => new RegExp(`\\s${name}\\s*=\\s*["']\\s*([^"']+)["']`).exec(root)?.[1]
  const [, , width, height] = (attribute('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number)
  if (width && height) return { width, height }
  const length = (name: string) => Number(/^[\d.]+(?=(px)?\s*$)/.exec(attribute(name) ?? '')?.[0] ?? 0)
  return { width: length('width'), height: length('height') }
}
