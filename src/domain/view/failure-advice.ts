import type { FailureReason } from '../ports/failure-cause.js'

/** What an operator can do about each reason. docs/troubleshooting.md has the same with more detail. */
export const FAILURE_ADVICE: Record<FailureReason, string> = {
  PRIVATE_ADDRESS:
    'The host leads to an address that isn’t allowed. If it’s in your own network, allow its name or its network in PATCHBAY_PRIVATE_NETWORKS. Otherwise, correct the address, or your DNS.',
  DNS: 'The host name has no address. Check its spelling in the connector’s settings, and the DNS of the machine that runs Patchbay.',
  TLS: 'The host’s certificate isn’t valid. If your own authority signed it, set NODE_EXTRA_CA_CERTS. Otherwise, renew it.',
  UNREACHABLE: 'No connection to the host. Check the address, the port and your firewall.',
  TIMED_OUT: 'The host didn’t respond in time. Check your firewall and the app’s status page.',
  PROXY_UNREACHABLE:
    'No connection to the proxy. Check its host and port in HTTPS_PROXY, and whether it runs. Patchbay tries again.',
  PROXY_REFUSED:
    'The proxy doesn’t connect to the host. With status 407, correct the user and the password in HTTPS_PROXY. With 403, let the proxy allow the host, or add it to NO_PROXY. Otherwise, the proxy can’t reach the host. Patchbay tries again.',
  REDIRECTED: 'The host redirects, which Patchbay never follows. Configure the address that it redirects to.',
  TOO_LARGE: 'The response is larger than 256 KB. Check that the address is the right endpoint.',
  CLIENT_REFUSED:
    'The app doesn’t accept the client ID, the secret or how they are sent. Compare them with the app’s developer console, then set them with set-credentials, or in the file in PATCHBAY_CONNECTORS if it has the connector.',
  SCOPE_REFUSED:
    'The app doesn’t offer a scope that was requested. Enable it in the app’s developer console, or correct the scopes of the connector and the plugins.',
  REDIRECT_URI_REFUSED:
    'The app doesn’t know the redirect URI. Register it in the app’s developer console, exactly as it is.',
  REQUEST_REFUSED:
    'The app refuses the request’s form. Read its description, and compare the provider’s settings with the app’s documentation.',
  GRANT_REFUSED:
    'The app doesn’t accept this user’s code or tokens. The user has to connect again. If it happens to everyone, compare the redirect URI and the client.',
  REFUSED:
    'The app refused without a code that Patchbay knows. Read its description, and check that the app’s API is enabled for the client.',
  RATE_LIMITED:
    'The app limits how often it is asked. Patchbay tries again after a pause. Request a higher quota if it persists.',
  APP_FAILED: 'The app reports a fault of its own. Check its status page. Patchbay tries again.',
  UNREADABLE:
    'The response couldn’t be used. Check the provider’s settings, such as tokensAt and identity, and that the addresses are the right endpoints.',
  ISSUER_MISMATCH:
    'The response names another issuer. Check the connector’s issuer. If it’s right, someone may be attacking the flow.',
  OTHER_ACCOUNT: 'The app reports another account for the same token. Check the provider’s identity settings.',
}
