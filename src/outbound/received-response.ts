/** Like a response's own decoder, they drop a byte order mark and replace what isn't in the encoding. */
const UTF8 = new TextDecoder()
const UTF16 = { le: new TextDecoder('utf-16le'), be: new TextDecoder('utf-16be') }

/**
 * A response whose content has arrived. Reading it takes none of the streams that an ordinary response is read through,
 * which took longer than the rest of a request. Only `text`, `json`, `arrayBuffer` and `clone` have the content.
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
    return typeof this.#content === 'string' ? this.#content : decoderOf(this.#content).decode(this.#content)
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.#isUsed) throw new TypeError('the response was already read')
    this.#isUsed = true
    const content = typeof this.#content === 'string' ? new TextEncoder().encode(this.#content) : this.#content
    return Uint8Array.from(content).buffer
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

/** JSON and forms begin with ASCII, so the first bytes tell the encoding. Declared charsets are often wrong. */
function decoderOf([first, second]: Uint8Array): TextDecoder {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return UTF16.le
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return UTF16.be
  return UTF8
}
