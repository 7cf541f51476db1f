const WIDTH_PX = 520
const HEIGHT_PX = 720

/**
 * Opens an empty window in the middle of the one it is opened from. To be called in the click itself, before anything is
 * waited for: later, browsers block it. It keeps its `opener`: without one, Chromium lets this page neither close it nor bring it
 * to the front once another site's page is in it.
 * @param text shown until `sendTo`; nothing is loaded for it, and the page's policy has nothing to allow
 * @returns null when the browser does not allow it
 */
export function openPopup(browser: Window, text: string): Window | null {
  const left = Math.round(browser.screenX + (browser.outerWidth - WIDTH_PX) / 2)
  const top = Math.round(browser.screenY + (browser.outerHeight - HEIGHT_PX) / 2)
  const features = `popup,width=${WIDTH_PX},height=${HEIGHT_PX},left=${left},top=${top}`
  const popup = browser.open('about:blank', '_blank', features)
  if (!popup || popup.closed) return null
  try {
    popup.document.title = text
    popup.document.body.textContent = text
    popup.document.body.style.cssText = 'margin:20vh auto;text-align:center;font:1rem system-ui;color-scheme:light dark'
  } catch {
    // A window that may not be written to can still be sent on.
  }
  return popup
}

/** Without a trace of the empty page in the window's history. */
export function sendTo(popup: Window, url: string): void {
  popup.location.replace(url)
}
