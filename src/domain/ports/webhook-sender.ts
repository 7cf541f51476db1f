/** Why there was no response. */
export type SendingFault = 'PRIVATE_ADDRESS' | 'TIMED_OUT' | 'UNREACHABLE' | 'PROXY_UNREACHABLE' | 'PROXY_REFUSED'

interface ReceiverAnswer {
  status: number
  /** How long the receiver asks to be left alone (RFC 9110 §10.2.3), at most a day. Null if it doesn't say. */
  retryAfterMs: number | null
}

/** The result of one try. */
export type WebhookAnswer = ReceiverAnswer | { fault: SendingFault }

export interface WebhookRequest {
  url: string
  headers: Record<string, string>
  body: string
}

/** Talks to receivers, whose addresses others chose. */
export interface WebhookSender {
  /** Posts once and follows no redirect. Reads only the status and the headers of the response. Never throws. */
  send(request: WebhookRequest): Promise<WebhookAnswer>
  /** Returns whether requests to this host are blocked because it leads into the internal network. Resolves names. */
  refuses(hostname: string): Promise<boolean>
}
