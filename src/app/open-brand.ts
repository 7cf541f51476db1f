import { readFile } from 'node:fs/promises'
import type { BrandConfig } from '../config/environment.js'
import { invalid } from '../config/variables.js'
import { type Brand, createBrand } from '../http/brand/brand.js'
import { type Picture, type PictureType, pictureSize, pictureTypeOf } from '../http/pictures/picture.js'

const MAX_BYTES = 256 * 1024
const LOGO_TYPES: readonly PictureType[] = ['image/svg+xml', 'image/png']
const FAVICON_TYPES: readonly PictureType[] = [...LOGO_TYPES, 'image/x-icon']

/** What is wrong with a picture, as the end of a sentence that begins with its variable. */
class PictureFault extends Error {}

/**
 * Reads the pictures of the brand.
 * @param font the path of the wizard's type, if it's served
 * @throws ConfigurationError that names each one that can't be used
 */
export async function openBrand({ name, logo, logoDark, favicon, colors }: BrandConfig, font?: string): Promise<Brand> {
  const faults: string[] = []
  const opened = async (variable: string, source: string | undefined, types: readonly PictureType[]) => {
    if (source === undefined) return undefined
    try {
      return await readPicture(source, types)
    } catch (error) {
      if (!(error instanceof PictureFault)) throw error
      faults.push(`${variable} ${error.message}`)
      return undefined
    }
  }
  const choices = {
    name,
    logo: await opened('PATCHBAY_BRAND_LOGO', logo, LOGO_TYPES),
    logoDark: await opened('PATCHBAY_BRAND_LOGO_DARK', logoDark, LOGO_TYPES),
    favicon: await opened('PATCHBAY_BRAND_FAVICON', favicon, FAVICON_TYPES),
    colors,
    font,
  }
  if (faults.length > 0) throw invalid(faults)
  return createBrand(choices)
}

async function readPicture(source: string, types: readonly PictureType[]): Promise<Picture> {
  const bytes = /^data:/i.test(source) ? await bytesOfDataUrl(source) : await bytesOfFile(source)
  if (bytes.length > MAX_BYTES) throw new PictureFault('is larger than 256 KB. Use a smaller image.')
  const type = pictureTypeOf(bytes)
  if (type === null || !types.includes(type)) {
    throw new PictureFault(`isn’t ${types.includes('image/x-icon') ? 'an SVG, PNG or ICO' : 'an SVG or PNG'} image.`)
  }
  const picture = { type, bytes }
  if (type !== 'image/x-icon' && !pictureSize(picture)) {
    throw new PictureFault('doesn’t say how large it is. Give the SVG a viewBox, such as viewBox="0 0 120 32".')
  }
  return picture
}

async function bytesOfFile(path: string): Promise<Buffer<ArrayBuffer>> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new PictureFault(`names a file that can’t be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

async function bytesOfDataUrl(url: string): Promise<Buffer<ArrayBuffer>> {
  try {
    return Buffer.from(await (await fetch(url)).arrayBuffer())
  } catch {
    throw new PictureFault('isn’t a complete data: URL. It must look like data:image/svg+xml;base64,PHN2Zy….')
  }
}
