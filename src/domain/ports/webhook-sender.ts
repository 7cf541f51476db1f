/** Why there was no answer. */
export type SendingFault = 'PRIVATE_ADDRESS' | 'TIMED_OUT' | 'UNREACHABLE'

interface ReceiverAnswer {
  status: number
  /** How long the receiver asks to be left alone (RFC 9110 §10.2.3), a day at most; null if it does not say. */
  retryAfterMs: number | null
}

/** The result of one try at a receiver. */
export type WebhookAnswer = ReceiverAnswer | { fault: SendingFault }

export interface WebhookRequest {
  url: string
  headers: Record<string, string>
  body: string
}

/** Speaks to receivers, whose addresses others chose. */
export interface WebhookSender {
  /** Posts once and follows no redirect. Of the answer it tells what matters and reads nothing more. Never throws. */
  send(request: WebhookRequest): Promise<WebhookAnswer>
  /** Whether nothing would be sent to this host, because it leads into the network behind us. Resolves names. */
  refuses(hostname: string): Promise<boolean>
}
