/** What the wizard tells the page that has it in a frame. */
export interface FrameMessage {
  type: 'patchbay:height'
  /** Of the content, in CSS pixels. */
  height: number
}

/** Whether a page of the host has the wizard in a frame. */
export const isFramed = window.parent !== window

/** Where the browser goes after consent if it has to leave the host's page, as the host says in the frame's address. */
export function hostReturnTo({ search }: Pick<Location, 'search'>): string | null {
  return isFramed ? new URLSearchParams(search).get('patchbay_return_to') : null
}

/**
 * Tells the host's page how high the content is, now and whenever it changes. Only origins that the operator allows can
 * have this page in a frame, so no one else gets it.
 */
export function reportHeight(): void {
  if (!isFramed) return
  document.documentElement.dataset.framed = ''
  const observer = new ResizeObserver(() => {
    const message: FrameMessage = {
      type: 'patchbay:height',
      height: Math.ceil(document.body.getBoundingClientRect().height),
    }
    window.parent.postMessage(message, '*')
  })
  observer.observe(document.body)
}
