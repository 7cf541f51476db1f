/** A browser's window, as far as the connect flow needs it. */
export class FakeWindow extends EventTarget {
  readonly screenX = 100
  readonly screenY = 50
  readonly outerWidth = 1_200
  readonly outerHeight = 900
  readonly popups: FakePopup[] = []
  readonly features: string[] = []
  /** The addresses that the page was sent to. */
  readonly left: string[] = []
  blocksPopups = false
  readonly location: { href: string; assign(url: string): void }
  top: unknown = this

  constructor(href: string) {
    super()
    this.location = { href, assign: (url) => void this.left.push(url) }
  }

  /**
   * Shows the page in a frame of a page of another origin.
   * @returns the addresses that this other page is sent to
   */
  putIntoFrame({ isSandboxed = false } = {}): string[] {
    const left: string[] = []
    const location = {
      set href(url: string) {
        if (isSandboxed) throw new DOMException('not allowed', 'SecurityError')
        left.push(url)
      },
    }
    this.top = { location }
    return left
  }

  open(_url: string, _target: string, features: string): FakePopup | null {
    if (this.blocksPopups) return null
    const popup = new FakePopup()
    this.popups.push(popup)
    this.features.push(features)
    return popup
  }

  get popup(): FakePopup {
    const popup = this.popups.at(-1)
    if (!popup) throw new Error('No popup was opened.')
    return popup
  }

  /** The browser shows the page again as it was when it left. */
  showAgain(): void {
    this.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
  }

  asWindow(): Window {
    return this as unknown as Window
  }
}

export class FakePopup {
  focused = 0
  /** How often it was asked whether it is closed. */
  looks = 0
  #closed = false
  readonly document = { title: '', body: { textContent: '', style: { cssText: '' } } }
  readonly visited: string[] = []
  readonly location = {
    replace: (url: string) => {
      if (!this.#closed) this.visited.push(url)
    },
  }

  get closed(): boolean {
    this.looks += 1
    return this.#closed
  }

  set closed(closed) {
    this.#closed = closed
  }

  focus(): void {
    this.focused += 1
  }

  close(): void {
    this.#closed = true
  }
}
