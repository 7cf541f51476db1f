import { createHash } from 'node:crypto'
import type { AccentColors } from '../../config/accent-colors.js'
import { type Picture, pictureSize } from '../pictures/picture.js'
import { MARK } from './mark.js'

const PRODUCT = 'Patchbay'
/** Beyond this ratio of width to height, a logo has the name in it. */
const WIDE = 1.6

/** How pages look: the operator's name, pictures and color, or Patchbay's own. */
export interface Brand {
  name: string
  /** Whether it's the operator's. If not, only the wizard says whose pages these are. */
  isCustom: boolean
  /** Undefined if pages show only the name. */
  logo: Logo | undefined
  /** Undefined for none. */
  favicon: BrandPicture | undefined
  /** Undefined for Patchbay's own, which are those of the style sheets. */
  colors: { light: AccentColors; dark: AccentColors } | undefined
  /** Where Patchbay serves the wizard's type. Undefined if pages use the system's. */
  font: string | undefined
}

export interface Logo {
  picture: BrandPicture
  /** Undefined if the picture is for both themes. */
  dark: BrandPicture | undefined
  /** Its width, with a height of 1. */
  ratio: number
  /** Whether the name is part of it, so that it isn't written next to it. */
  isWide: boolean
}

export interface BrandPicture extends Picture {
  /** Where Patchbay serves it. Contains a hash of its content. */
  path: string
}

/** What an operator chose, and the type that is there. All of it may be missing. */
export interface BrandChoices {
  name?: string | undefined
  logo?: Picture | undefined
  logoDark?: Picture | undefined
  favicon?: Picture | undefined
  colors?: Brand['colors']
  font?: string | undefined
}

/**
 * Completes what the operator chose. Patchbay's own mark appears only under Patchbay's own name. A square logo is the
 * favicon too.
 */
export function createBrand({ name, logo, logoDark, favicon, colors, font }: BrandChoices): Brand {
  const isCustom = name !== undefined || logo !== undefined
  const ownMark: Picture = { type: 'image/svg+xml', bytes: Buffer.from(MARK) as Buffer<ArrayBuffer> }
  const shown = logo ?? (isCustom ? undefined : ownMark)
  const served = shown && logoOf(shown, logoDark)
  const icon = favicon ?? (served?.isWide ? undefined : shown)
  return {
    name: name ?? PRODUCT,
    isCustom,
    logo: served,
    favicon: icon && brandPicture('favicon', icon),
    colors,
    font,
  }
}

/** Returns the wizard's type as a style sheet, or nothing. */
export function fontFace({ font }: Pick<Brand, 'font'>): string {
  if (font === undefined) return ''
  return `@font-face{font-family:"Inter Variable";font-weight:100 900;font-display:swap;src:url(${font}) format("woff2")}`
}

/** Returns the colors as a style sheet for pages that follow the browser's theme, or nothing. */
export function brandStyle({ colors }: Pick<Brand, 'colors'>): string {
  if (!colors) return ''
  return `:root{${declarations(colors.light)}}@media(prefers-color-scheme:dark){:root{${declarations(colors.dark)}}}`
}

/** The same for the wizard, where the person chooses the theme. It wins over styles/tokens.css, whichever comes first. */
export function wizardBrandStyle({ colors }: Pick<Brand, 'colors'>): string {
  if (!colors) return ''
  return `:root:root:root{${declarations(colors.light)}}:root:root:root[data-theme=dark]{${declarations(colors.dark)}}`
}

/** Returns every picture of the brand. */
export function picturesOf({ logo, favicon }: Pick<Brand, 'logo' | 'favicon'>): BrandPicture[] {
  return [logo?.picture, logo?.dark, favicon].filter((picture) => picture !== undefined)
}

function declarations({ action, actionHover, actionLine, onAction, accent, accentGround }: AccentColors): string {
  return `--action:${action};--action-hover:${actionHover};--action-line:${actionLine};--on-action:${onAction};--accent:${accent};--accent-ground:${accentGround}`
}

function logoOf(picture: Picture, dark: Picture | undefined): Logo {
  const { width, height } = pictureSize(picture) ?? { width: 1, height: 1 }
  const ratio = width / height
  return {
    picture: brandPicture('logo', picture),
    dark: dark && brandPicture('logo-dark', dark),
    ratio,
    isWide: ratio > WIDE,
  }
}

const EXTENSIONS: Partial<Record<Picture['type'], string>> = {
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/x-icon': 'ico',
}

function brandPicture(name: string, picture: Picture): BrandPicture {
  const hash = createHash('sha256').update(picture.bytes).digest('hex').slice(0, 12)
  return { ...picture, path: `/assets/brand/${name}-${hash}.${EXTENSIONS[picture.type]}` }
}
