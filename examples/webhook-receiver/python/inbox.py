"""Events in a SQLite database, each once, in the order in which they came."""

import sqlite3
import threading

# Patchbay keeps deliveries that it gave up on for 30 days, and can send them again until then.
KEEP = "-31 days"


class Inbox:
    """
    For one process with several threads.

    If several processes receive, use a table of your database in the same way.
    """

    def __init__(self, file):
        self._lock = threading.Lock()
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        # An event is on disk before Patchbay gets its answer.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(
            """
            CREATE TABLE IF NOT EXISTS event (
                sequence INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                body TEXT NOT NULL,
                received_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
                handled_at TEXT
            )"""
        )
        self._db.execute("DELETE FROM event WHERE handled_at < datetime('now', ?)", (KEEP,))

    def add(self, event_id, body):
        """Stores an event, unless it is there already. Returns whether it is new."""
        with self._lock:
            cursor = self._db.execute("INSERT OR IGNORE INTO event (id, body) VALUES (?, ?)", (event_id, body))
            return cursor.rowcount == 1

    def next(self):
        """The id and the body of the first event that isn't handled yet, or None."""
        with self._lock:
            query = "SELECT id, body FROM event WHERE handled_at IS NULL ORDER BY sequence LIMIT 1"
            return self._db.execute(query).fetchone()

    def finish(self, event_id):
        """Remembers that an event is handled."""
        with self._lock:
            self._db.execute("UPDATE event SET handled_at = CURRENT_TIMESTAMP WHERE id = ?", (event_id,))

    def close(self):
        with self._lock:
            self._db.close()
