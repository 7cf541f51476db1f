"""Gets access tokens from Patchbay, and calls apps with them."""

import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import List, Optional

from patchbay import PatchbayError

# While the app or Patchbay's vault has trouble, the action waits so long for it to pass.
PATIENCE_SECONDS = 20

# The app's own time limit for one request.
APP_TIMEOUT_SECONDS = 10

ISSUE_ACCESS_TOKEN = """
  mutation TokenForSkill($input: IssueAccessTokenInput!) {
    issueAccessToken(input: $input) {
      __typename
      ... on IssuedAccessToken { accessToken version }
      ... on AccessTokenUnavailableError { reason remedy missingScopes retryAfterSeconds }
      ... on Error { message }
    }
  }"""


@dataclass
class TokenRequest:
    """Whose token is needed, of which app, and for which skill."""

    # As your application's tokens identify the user.
    subject: str
    organization: str
    connector_id: str
    # Decides which of the user's accounts is used, and which permissions the token must have.
    skill_id: str


@dataclass
class AccessToken:
    """Keep it in memory only, and for one action: asking again is cheap, and you notice revoked access."""

    access_token: str
    # Increases with every new token of the connection.
    version: int


class TokenUnavailableError(Exception):
    """There is no token. The attributes say why, and what the user or an operator can do."""

    def __init__(self, facts):
        super().__init__(facts["message"])
        self.reason: str = facts["reason"]
        # What the user can do; None if it isn't up to the user.
        self.remedy: Optional[str] = facts["remedy"]
        self.missing_scopes: List[str] = facts["missingScopes"]
        # Seconds after which trying again may help; None if only the remedy helps.
        self.retry_after_seconds: Optional[int] = facts["retryAfterSeconds"]


def call_app(patchbay, token_request, url, **options):
    """
    Sends a request to an app as the user, and returns the open response.

    If the app answers 401, Patchbay is told, refreshes the token or finds that the user revoked access, and the request
    is sent once more. The app has done nothing the first time.

    options: for urllib.request.Request, such as data or method
    Raises TokenUnavailableError, PatchbayError, and urllib's errors for any other status than 2xx.
    """
    token = _wait_for_access_token(patchbay, token_request, None)
    try:
        return _send(token, url, options)
    except urllib.error.HTTPError as error:
        if error.code != 401:
            raise
        error.close()
    return _send(_wait_for_access_token(patchbay, token_request, token.version), url, options)


def _send(token, url, options):
    request = urllib.request.Request(url, **options)
    # Unredirected: if the app redirects to another host, the token doesn't go there.
    request.add_unredirected_header("authorization", f"Bearer {token.access_token}")
    return urllib.request.urlopen(request, timeout=APP_TIMEOUT_SECONDS)


def _wait_for_access_token(patchbay, token_request, rejected_version):
    """Gets a token, and waits if Patchbay says that it will soon have one."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return _issue_access_token(patchbay, token_request, rejected_version)
        except TokenUnavailableError as error:
            if error.retry_after_seconds is None:
                raise
            pause = max(1, error.retry_after_seconds)
            if time.monotonic() + pause > give_up_at:
                raise
        time.sleep(pause)


def _issue_access_token(patchbay, token_request, rejected_version):
    """
    Asks for a token once.

    rejected_version: the version of a token that the app answered with 401
    """
    variables = {
        "input": {
            "user": {"subject": token_request.subject, "organization": token_request.organization},
            "connectorId": token_request.connector_id,
            "skillId": token_request.skill_id,
            "rejectedVersion": rejected_version,
        }
    }
    result = patchbay.execute(ISSUE_ACCESS_TOKEN, variables)["issueAccessToken"]
    if result["__typename"] == "IssuedAccessToken":
        return AccessToken(result["accessToken"], result["version"])
    if result["__typename"] == "AccessTokenUnavailableError":
        raise TokenUnavailableError(result)
    # A wrong id, or a key without the scope tokens:issue: nothing that a user could repair.
    raise PatchbayError(result["message"], result["__typename"])
