const WIDTH_PX = 520
const HEIGHT_PX = 720

/**
 * Opens an empty popup, centered on the current window. Call it in the click itself, before any await, because browsers block
 * it later. The popup keeps its `opener`: without one, Chromium doesn't let this page close it or bring it to the front once it
 * shows a page of another site.
 * @param text shown until `sendTo`. It loads nothing, so the page's content security policy doesn't have to allow anything
 * @returns null if the browser doesn't allow it
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
    // A popup that this page can't write to can still navigate.
  }
  return popup
}

/** Sends the popup to the URL, without leaving the empty page in its history. */
export function sendTo(popup: Window, url: string): void {
  popup.location.replace(url)
}
