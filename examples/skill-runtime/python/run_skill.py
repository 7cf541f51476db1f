"""Runs one step of a skill: reads the user's messages in the sandbox's mail app."""

import json
import os
import sys
import urllib.error

from access_token import TokenRequest, TokenUnavailableError, call_app
from patchbay import Patchbay, PatchbayError

API_URL = os.environ.get("API_URL", "http://localhost:4000")
USER_SUBJECT = os.environ.get("USER_SUBJECT", "ada")
USER_ORGANIZATION = os.environ.get("USER_ORGANIZATION", "northwind")
MAIL_API = os.environ.get("MAIL_API", "http://localhost:4010/acme-mail/api/messages")

PLUGIN = "meeting-assistant"
SKILL = "send-notes"
CONNECTOR = "acme-mail"

FIND_IDS = """
  query FindIds($plugin: String!, $connector: String!) {
    plugin(slug: $plugin) { skills { id slug } }
    connector(slug: $connector) { id }
  }"""


def find_ids(patchbay):
    """Ids are permanent, so a runtime that runs many skills can remember them."""
    data = patchbay.execute(FIND_IDS, {"plugin": PLUGIN, "connector": CONNECTOR})
    skills = data["plugin"]["skills"] if data["plugin"] else []
    skill_id = next((skill["id"] for skill in skills if skill["slug"] == SKILL), None)
    if skill_id is None:
        raise PatchbayError(f"Patchbay has no skill {PLUGIN}/{SKILL}.")
    if data["connector"] is None:
        raise PatchbayError(f"Patchbay has no connector {CONNECTOR}.")
    return data["connector"]["id"], skill_id


def read_messages(patchbay):
    connector_id, skill_id = find_ids(patchbay)
    token_request = TokenRequest(USER_SUBJECT, USER_ORGANIZATION, connector_id, skill_id)
    with call_app(patchbay, token_request, MAIL_API, headers={"accept": "application/json"}) as response:
        return json.load(response)["messages"]


def help_for(error):
    """What to tell the user when a skill can't act."""
    setup = f"{API_URL}/plugins/{PLUGIN}"
    if error.remedy == "CONNECT":
        return f"Connect the app: {setup}"
    if error.remedy == "REAUTHORIZE":
        return f"Reconnect the app: {setup}"
    if error.remedy == "GRANT_SCOPES":
        return f"Allow {', '.join(error.missing_scopes)}: {setup}"
    if error.remedy == "ASK_OPERATOR":
        return "Ask your administrator."
    if error.remedy == "WAIT":
        return "Try again later."
    return "This runtime has to ask for something else: see docs/connections.md."


def main():
    """0: done. 2: the user has to do something, so trying again doesn't help. 1: anything else."""
    api_key = os.environ.get("API_KEY")
    if not api_key:
        print("Set API_KEY to an API key with the scope tokens:issue.", file=sys.stderr)
        return 1
    try:
        messages = read_messages(Patchbay(API_URL, api_key))
    except TokenUnavailableError as error:
        print(f"{error}\n{help_for(error)}", file=sys.stderr)
        return 2
    except PatchbayError as error:
        print(error, file=sys.stderr)
        return 1
    except urllib.error.HTTPError as error:
        with error:
            print(f"Acme Mail answered {error.code}: {error.read().decode(errors='replace')}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Acme Mail can't be reached: {error}", file=sys.stderr)
        return 1
    print(f"{len(messages)} messages:")
    for message in messages:
        print(f"- {message}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
