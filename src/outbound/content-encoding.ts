import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'

const DECODERS: Record<string, typeof gunzip> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: brotliDecompress,
}

/**
 * Returns the content of a response body. Patchbay asks for no encoding, but some servers compress anyway.
 * @param encodings the header `content-encoding` (RFC 9110 §8.4), in the order in which they were applied
 * @returns null if it is longer than `maxBytes`
 */
export async function decoded(
  body: Buffer<ArrayBuffer>,
  encodings: string | string[] | undefined,
  maxBytes: number,
): Promise<Buffer<ArrayBuffer> | null> {
  const applied = [encodings ?? []].flat().join(',').toLowerCase().split(',')
  let content = body
  for (const encoding of applied.map((name) => name.trim()).reverse()) {
    const decode = DECODERS[encoding]
    if (!decode || content.length === 0) continue
    try {
      content = (await promisify(decode)(content, { maxOutputLength: maxBytes })) as Buffer<ArrayBuffer>
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null
      throw error
    }
  }
  return content
}
