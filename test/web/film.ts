import { writeFile } from 'node:fs/promises'
import { encode } from 'modern-gif'
import type { Browser, Page } from 'playwright-core'

/** What one frame shows: a page, a popup in front of it, and where the pointer is. */
export interface Scene {
  page: Buffer
  popup?: { picture: Buffer; title: string; left: number; top: number } | undefined
  pointer: { x: number; y: number; pressed?: boolean }
}

interface Frame {
  data: Uint8ClampedArray<ArrayBuffer>
  delay: number
}

/** An animation made of screenshots. */
export interface Film {
  /** @param delayMs how long the frame is shown */
  add(scene: Scene, delayMs: number): Promise<void>
  /** @returns the size of the file in bytes, and how long the animation takes in milliseconds */
  save(path: string): Promise<{ bytes: number; lengthMs: number }>
}

export async function createFilm(chromium: Browser, width: number, height: number): Promise<Film> {
  const stage = await chromium.newPage({ viewport: { width, height } })
  const frames: Frame[] = []
  return {
    async add({ page, popup, pointer }, delayMs) {
      const drawn = await draw(stage, {
        width,
        height,
        page: page.toString('base64'),
        popup: popup && { ...popup, picture: popup.picture.toString('base64') },
        pointer,
      })
      frames.push({ data: new Uint8ClampedArray(Buffer.from(drawn, 'base64')), delay: delayMs })
    },
    async save(path) {
      const gif = await encode({ width, height, frames, maxColors: 255, looped: true })
      await writeFile(path, Buffer.from(gif))
      await stage.close()
      return { bytes: gif.byteLength, lengthMs: frames.reduce((sum, { delay }) => sum + delay, 0) }
    },
  }
}

interface Drawing {
  width: number
  height: number
  page: string
  popup: { picture: string; title: string; left: number; top: number } | undefined
  pointer: { x: number; y: number; pressed?: boolean }
}

/** Draws a scene in the browser. Returns its RGBA pixels in base64. */
function draw(stage: Page, drawing: Drawing): Promise<string> {
  return stage.evaluate(async ({ width, height, page, popup, pointer }) => {
    // Don't name functions in here: tsx adds a helper to named functions that doesn't exist in the browser.
    const [behind, inFront] = await Promise.all(
      [page, popup?.picture].map(async (picture) => {
        if (picture === undefined) return
        const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0))
        return createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      }),
    )
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    if (!context || !behind) throw new Error('This browser has no canvas.')
    context.drawImage(behind, 0, 0)
    if (popup && inFront) {
      const bar = 30
      const window = new Path2D()
      window.roundRect(popup.left, popup.top, inFront.width, inFront.height + bar, 10)
      context.save()
      context.shadowColor = 'rgb(15 20 30 / 45%)'
      context.shadowBlur = 36
      context.shadowOffsetY = 12
      context.fillStyle = '#dfe3e9'
      context.fill(window)
      context.restore()
      context.save()
      context.clip(window)
      context.drawImage(inFront, popup.left, popup.top + bar)
      context.restore()
      for (const [index, color] of ['#f26d5f', '#f3bd4e', '#58c35c'].entries()) {
        context.beginPath()
        context.arc(popup.left + 18 + index * 17, popup.top + bar / 2, 5, 0, Math.PI * 2)
        context.fillStyle = color
        context.fill()
      }
      context.fillStyle = '#3c4656'
      context.font = '500 13px system-ui, sans-serif'
      context.textAlign = 'center'
      context.textBaseline = 'middle'
      context.fillText(popup.title, popup.left + inFront.width / 2, popup.top + bar / 2 + 1)
    }
    const { x, y, pressed } = pointer
    if (pressed) {
      context.beginPath()
      context.arc(x, y, 13, 0, Math.PI * 2)
      context.fillStyle = 'rgb(43 100 220 / 30%)'
      context.fill()
    }
    const arrow = new Path2D('M0 0v17l4-3.8 2.6 6 2.7-1.2-2.6-5.8h5.6z')
    context.translate(x, y)
    context.lineWidth = 2.4
    context.lineJoin = 'round'
    context.strokeStyle = '#fff'
    context.stroke(arrow)
    context.fillStyle = '#10151d'
    context.fill(arrow)
    context.resetTransform()
    const { data } = context.getImageData(0, 0, width, height)
    let text = ''
    for (let at = 0; at < data.length; at += 32_768) text += String.fromCharCode(...data.subarray(at, at + 32_768))
    return btoa(text)
  }, drawing)
}
