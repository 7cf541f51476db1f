import { jwtVerify } from 'jose'
import { settings } from '../settings.js'

export interface Viewer {
  id: number
}

const secret = new TextEncoder().encode(settings.jwtSecret)

export async function viewerOf(token: unknown): Promise<Viewer | null> {
  if (typeof token !== 'string') return null
  const verified = await jwtVerify(token, secret, { algorithms: ['HS256'] }).catch(() => null)
  const id = Number(verified?.payload.sub)
  return Number.isInteger(id) ? { id } : null
}

export async function viewerOfHeader(header: string | undefined): Promise<Viewer | null> {
  return header?.startsWith('Bearer ') ? viewerOf(header.slice(7)) : null
}
