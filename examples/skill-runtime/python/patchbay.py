"""Calls Patchbay's GraphQL API with an API key."""

import json
import urllib.error
import urllib.request

# Longer than Patchbay takes to refresh a token at a slow app.
TIMEOUT_SECONDS = 30


class PatchbayError(Exception):
    """Patchbay couldn't be reached, or didn't execute the operation."""

    def __init__(self, message, code=None):
        super().__init__(message)
        # extensions.code of the first error, such as UNAUTHENTICATED
        self.code = code


class Patchbay:
    def __init__(self, url, api_key):
        """url: the origin, such as https://connect.example.com"""
        self.url = url
        self._api_key = api_key

    def execute(self, query, variables):
        """Returns the data. Raises PatchbayError."""
        answer = self._send(query, variables)
        errors = answer.get("errors")
        if errors:
            extensions = errors[0].get("extensions") or {}
            message = errors[0]["message"]
            if "requestId" in extensions:
                message = f"{message} (request {extensions['requestId']})"
            raise PatchbayError(message, extensions.get("code"))
        if not answer.get("data"):
            raise PatchbayError("Patchbay answered without data.")
        return answer["data"]

    def _send(self, query, variables):
        request = urllib.request.Request(
            f"{self.url}/graphql",
            data=json.dumps({"query": query, "variables": variables}).encode(),
            headers={
                "authorization": f"Bearer {self._api_key}",
                "content-type": "application/json",
                "accept": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            # Patchbay's refusals have a JSON body. Anything else is a proxy's error page.
            try:
                with error:
                    answer = json.load(error)
            except ValueError:
                answer = None
            if isinstance(answer, dict) and answer.get("errors"):
                return answer
            raise PatchbayError(f"Patchbay can't be reached at {self.url}: status {error.code}.") from error
        except (OSError, ValueError) as error:
            raise PatchbayError(f"Patchbay can't be reached at {self.url}.") from error
