"""What your application has to do about an event. Replace it by yours."""


def handle_event(event):
    """
    If it raises, it's called again with the same event, so it has to be safe to repeat. Events are hints that something
    changed: before you act on one, query the current state with node(id).
    """
    data = event["data"]
    subject = data.get("user", {}).get("subject")
    connection = data.get("connection", {})
    setup = data.get("setup", {})
    if event["type"] == "connection.broken":
        say(f"Ask {subject} to reconnect {connection['connector']} ({connection['problem']}).")
    elif event["type"] in ("connection.live", "connection.removed"):
        say(f"{subject}: {connection['connector']} is {connection['status']}.")
    elif event["type"] in ("setup.ready", "setup.needs_attention"):
        say(f"{subject}: {setup['plugin']} is {setup['status']}.")
    else:
        # A test, or a type that a newer Patchbay sends.
        say(f"Nothing to do about {event['type']}.")


def say(line):
    print(line, flush=True)
