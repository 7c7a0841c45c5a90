"""What the messaging service keeps, in SQLite."""

import hashlib
import secrets
import sqlite3
import uuid
from dataclasses import dataclass
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (token_sha256 TEXT PRIMARY KEY, actor TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS microdao_members (
    microdao TEXT NOT NULL, actor TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (microdao, actor)
);
CREATE TABLE IF NOT EXISTS channels (
    id TEXT PRIMARY KEY, microdao TEXT NOT NULL, slug TEXT NOT NULL, open INTEGER NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0, UNIQUE (microdao, slug)
);
CREATE TABLE IF NOT EXISTS channel_members (
    channel TEXT NOT NULL REFERENCES channels (id), actor TEXT NOT NULL, role TEXT NOT NULL,
    PRIMARY KEY (channel, actor)
);
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY, channel TEXT NOT NULL REFERENCES channels (id),
    sender TEXT NOT NULL, text TEXT NOT NULL
);
"""

TABLES = ["sessions", "microdao_members", "channels", "channel_members", "messages"]


@dataclass(frozen=True)
class Channel:
    """A channel of a microDAO. Everyone may read an open one; an archived one takes nothing new."""

    id: str
    microdao: str
    slug: str
    open: bool
    archived: bool


class Store:
    """A database; `path` may be `:memory:`."""

    def __init__(self, path: str | Path):
        self._database = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None
        )
        self._database.execute("PRAGMA foreign_keys = ON")
        self._database.executescript(SCHEMA)

    def open_session(self, actor: str) -> str:
        """A token for an actor; only its hash is kept."""
        token = secrets.token_urlsafe(32)
        self._run("INSERT INTO sessions VALUES (?, ?)", _hash(token), actor)
        return token

    def actor_of(self, token: str) -> str | None:
        """Who has this token."""
        row = self._row("SELECT actor FROM sessions WHERE token_sha256 = ?", _hash(token))
        return row and row[0]

    def join_microdao(self, microdao: str, actor: str, role: str) -> None:
        self._run("INSERT OR REPLACE INTO microdao_members VALUES (?, ?, ?)", microdao, actor, role)

    def role_in_microdao(self, microdao: str, actor: str) -> str | None:
        row = self._row(
            "SELECT role FROM microdao_members WHERE microdao = ? AND actor = ?", microdao, actor
        )
        return row and row[0]

    def create_channel(self, microdao: str, slug: str, open: bool, owner: str) -> Channel:
        """A channel with its owner, both or neither."""
        channel = Channel(str(uuid.uuid4()), microdao, slug, open, archived=False)
        self._run("BEGIN IMMEDIATE")
        try:
            self._run(
                "INSERT INTO channels (id, microdao, slug, open) VALUES (?, ?, ?, ?)",
                channel.id,
                microdao,
                slug,
                open,
            )
            self._run("INSERT INTO channel_members VALUES (?, ?, 'owner')", channel.id, owner)
            self._run("COMMIT")
        except BaseException:
            self._run("ROLLBACK")
            raise
        return channel

    def channel(self, id: str) -> Channel | None:
        row = self._row(
            "SELECT id, microdao, slug, open, archived FROM channels WHERE id = ?", id
        )
        return row and Channel(row[0], row[1], row[2], bool(row[3]), bool(row[4]))

    def channels_of(self, microdao: str) -> list[Channel]:
        rows = self._rows("SELECT id FROM channels WHERE microdao = ? ORDER BY slug", microdao)
        channels = [self.channel(id) for (id,) in rows]
        return [channel for channel in channels if channel is not None]

    def archive(self, channel: str) -> None:
        self._run("UPDATE channels SET archived = 1 WHERE id = ?", channel)

    def join_channel(self, channel: str, actor: str, role: str) -> None:
        self._run("INSERT OR REPLACE INTO channel_members VALUES (?, ?, ?)", channel, actor, role)

    def role_in_channel(self, channel: str, actor: str) -> str | None:
        row = self._row(
            "SELECT role FROM channel_members WHERE channel = ? AND actor = ?", channel, actor
        )
        return row and row[0]

    def members_of(self, channel: str) -> list[dict[str, str]]:
        rows = self._rows(
            "SELECT actor, role FROM channel_members WHERE channel = ? ORDER BY actor", channel
        )
        return [{"actor": actor, "role": role} for actor, role in rows]

    def add_message(self, channel: str, sender: str, text: str) -> int:
        row = self._row(
            "INSERT INTO messages (channel, sender, text) VALUES (?, ?, ?) RETURNING number",
            channel,
            sender,
            text,
        )
        assert row is not None
        return int(row[0])

    def messages_of(self, channel: str) -> list[dict[str, object]]:
        rows = self._rows(
            "SELECT number, sender, text FROM messages WHERE channel = ? ORDER BY number", channel
        )
        return [{"number": number, "sender": sender, "text": text} for number, sender, text in rows]

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        return {table: self._rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}

    def close(self) -> None:
        self._database.close()

    def _rows(self, statement: str, *values: object) -> list[tuple]:
        return self._database.execute(statement, values).fetchall()

    def _row(self, statement: str, *values: object) -> tuple | None:
        rows = self._rows(statement, *values)
        return rows[0] if rows else None

    def _run(self, statement: str, *values: object) -> None:
        self._database.execute(statement, values)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
