/** Why there was no answer. */
export type SendingFault = 'PRIVATE_ADDRESS' | 'TIMED_OUT' | 'UNREACHABLE'

/** What came of one try at a receiver. */
export type WebhookAnswer = { status: number; retryAfter: string | null } | { fault: SendingFault }

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
