/** Like a response's own decoder, it drops a byte order mark and replaces what isn't UTF-8. */
const UTF8 = new TextDecoder()

/**
 * A response whose content has arrived. Reading it takes none of the streams that an ordinary response is read through,
 * which took longer than the rest of a request. Only `text`, `json` and `clone` have the content.
 */
export class ReceivedResponse extends Response {
  readonly #content: string | Uint8Array
  #isUsed = false

  constructor(content: string | Uint8Array, init: { status: number; headers: Headers }) {
    super(null, init)
    this.#content = content
  }

  override get bodyUsed(): boolean {
    return this.#isUsed
  }

  override async text(): Promise<string> {
    if (this.#isUsed) throw new TypeError('the response was already read')
    this.#isUsed = true
    return typeof this.#content === 'string' ? this.#content : UTF8.decode(this.#content)
  }

  override async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  override clone(): ReceivedResponse {
    if (this.#isUsed) throw new TypeError('the response was already read')
    const { status, headers } = this
    return new ReceivedResponse(this.#content, { status, headers })
  }
}
