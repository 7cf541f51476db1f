const WIDTH = 520
const HEIGHT = 720

/**
 * Opens the window that will show the consent screen, empty but for a line of text. Has to be called in a click.
 * @returns null when the browser does not let us
 */
export function openConsentWindow(browser: Window, text: string): Window | null {
  const left = Math.max(0, browser.screenX + (browser.outerWidth - WIDTH) / 2)
  const top = Math.max(0, browser.screenY + (browser.outerHeight - HEIGHT) / 2)
  const popup = browser.open('', '_blank', `popup,width=${WIDTH},height=${HEIGHT},left=${left},top=${top}`)
  if (!popup || popup.closed) return null
  const { document } = popup
  document.title = text
  document.documentElement.lang = browser.document.documentElement.lang || 'en'
  document.documentElement.style.colorScheme = 'light dark'
  const line = document.createElement('p')
  line.style.font = '1rem/1.5 system-ui, sans-serif'
  line.style.margin = '2rem'
  line.textContent = text
  document.body.append(line)
  return popup
}

/** Sends the window on. What it shows next cannot reach the page that opened it. */
export function leadTo(popup: Window, url: string): void {
  if (popup.closed) return
  popup.opener = null
  popup.location.replace(url)
}
