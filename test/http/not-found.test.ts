import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Patchbay, startPatchbay } from '../support/patchbay.js'

let patchbay: Patchbay
beforeAll(async () => {
  patchbay = await startPatchbay({}, { wizardFolder: 'not-built' })
})
afterAll(() => patchbay.close())

test('without the wizard, people get a page for an address that doesn’t exist, and programs a line', async () => {
  const at = (headers: Record<string, string>) => fetch(`${patchbay.url}/elsewhere`, { headers })
  const page = await at({ accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
  expect(page.status).toBe(404)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  const text = await page.text()
  expect(text).toContain('<h1 role="status">Page not found</h1>')
  expect(text).toContain('href="/"')
  const line = await at({ accept: '*/*' })
  expect(line.status).toBe(404)
  expect(await line.text()).toBe('Not found.')
})
