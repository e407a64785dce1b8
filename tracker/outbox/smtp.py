"""One conversation with the mail server, kept open over many mails. The only user of smtplib.

``sendmail`` as one call is no use here: a hang before the greeting and one after the final dot raise the same error,
and only the phase tells "not sent" from "maybe sent".
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import smtplib
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from config import MailServer, Settings
from tracker.models import OutboxMail
from tracker.outbox.message import envelope_sender
from tracker.outbox.outcomes import Dropped, Refused, Sent, ServerTrouble

MAILS_PER_CONNECTION = 50
_NO_ADDRESS = re.compile(r"[<>\x00-\x20]")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for an answer; after the final dot a server may take ten minutes (RFC 5321)."""

    answer: float = 30
    dot: float = 600


class SmtpTransport:
    """Hands mails to one server: ``offer`` up to its 354, then ``send`` or ``abandon``."""

    def __init__(self, settings: Settings, server: MailServer, patience: Patience | None = None) -> None:
        self._server = server
        self._sender = envelope_sender(settings)
        self._own_name = _own_name(settings)
        self._patience = patience or Patience()
        self._smtp: smtplib.SMTP | None = None
        self._used = 0

    def offer(self, mail: OutboxMail) -> None:
        """MAIL, RCPT and DATA: the server is ready for the bytes afterwards. Raises Refused or ServerTrouble."""
        if self._used >= MAILS_PER_CONNECTION:
            self.close()  # here and not after the last answer, which is to be recorded without delay
        reused = self._smtp is not None
        try:
            self._offer(mail)
        except ServerTrouble as trouble:
            self.abandon()
            # A server may close a connection that was idle or used often: that is no trouble yet.
            if not reused or trouble.phase != "mail":
                raise
            self._offer(mail)

    def _offer(self, mail: OutboxMail) -> None:
        if _NO_ADDRESS.search(mail.recipient):
            raise Refused("rcpt", 553, "5.1.3 This is not an address.")
        smtp = self._smtp or self._connect()
        options = self._mail_options(smtp, mail.recipient)
        commands = {
            "mail": " ".join((f"MAIL FROM:<{self._sender}>", *options)),
            "rcpt": f"RCPT TO:<{mail.recipient}>",
            "data": "DATA",
        }
        # All three in one go where the server allows that (RFC 2920): one journey there and back instead of three.
        at_once = smtp.has_extn("pipelining")
        if at_once:
            self._say(smtp, "mail", *commands.values())
        for number, (phase, command) in enumerate(commands.items(), 1):
            if not at_once:
                self._say(smtp, phase, command)
            refused = self._hear(smtp, phase)
            if refused:
                self._reset(smtp, len(commands) - number if at_once else 0)
                raise refused

    def _mail_options(self, smtp: smtplib.SMTP, recipient: str) -> list[str]:
        if (recipient + self._sender).isascii():
            return []
        if not smtp.has_extn("smtputf8"):
            raise Refused("rcpt", 553, "5.6.7 The mail server cannot deliver to addresses with such letters.")
        smtp.command_encoding = "utf-8"
        return ["SMTPUTF8", "BODY=8BITMIME"]

    def _say(self, smtp: smtplib.SMTP, phase: str, *commands: str) -> None:
        try:
            smtp.send("".join(f"{command}\r\n" for command in commands))
        except (OSError, smtplib.SMTPException) as fault:
            raise ServerTrouble(phase, _words(fault)) from fault

    def _hear(self, smtp: smtplib.SMTP, phase: str) -> Refused | None:
        try:
            code, reply = smtp.getreply()
        except (OSError, smtplib.SMTPException) as fault:
            raise ServerTrouble(phase, _words(fault)) from fault
        if code == (354 if phase == "data" else 250) or (phase == "rcpt" and code == 251):
            return None
        text = _text(reply)
        if code == 421 or not 400 <= code < 600:
            self.abandon()
            raise ServerTrouble(phase, text, code)
        return Refused(phase, code, text)

    def send(self, data: bytes) -> Sent:
        """The bytes and the final dot. Raises Refused for a clear no, Dropped when nobody can know."""
        smtp = self._smtp
        if smtp is None or smtp.sock is None:
            raise RuntimeError("send without offer")
        try:
            smtp.sock.settimeout(self._patience.dot)
            smtp.send(_quoted(data))
            code, reply = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self._patience.answer)
        except (OSError, smtplib.SMTPException) as fault:
            self.abandon()
            raise Dropped(_words(fault)) from fault
        self._used += 1
        text = _text(reply)
        if 200 <= code < 300:
            return Sent(code, text)
        if not 400 <= code < 600:
            self.abandon()
            raise Dropped(f"{code} {text}")
        if code == 421:
            self.abandon()
        else:
            self._reset(smtp)
        raise Refused("dot", code, text)

    def abandon(self) -> None:
        """Cuts the connection: a server that has not seen the final dot throws the mail away."""
        smtp, self._smtp, self._used = self._smtp, None, 0
        if smtp is not None:
            smtp.close()

    def close(self) -> None:
        """Says goodbye; a server that does not answer it is no error."""
        smtp = self._smtp
        if smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if smtp.sock is not None:
                    smtp.sock.settimeout(2)
                smtp.quit()
        self.abandon()

    def _connect(self) -> smtplib.SMTP:
        server, smtp = self._server, None
        try:
            smtp = self._open()
            smtp.ehlo_or_helo_if_needed()
            if server.tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, server.password)
        except (OSError, smtplib.SMTPException) as fault:
            if smtp is not None:
                smtp.close()
            raise ServerTrouble("connect", _words(fault)) from fault
        self._smtp, self._used = smtp, 0
        return smtp

    def _open(self) -> smtplib.SMTP:
        server = self._server
        if server.tls == "tls":
            return smtplib.SMTP_SSL(
                server.host,
                server.port,
                local_hostname=self._own_name,
                timeout=self._patience.answer,
                context=ssl.create_default_context(),
            )
        return smtplib.SMTP(server.host, server.port, local_hostname=self._own_name, timeout=self._patience.answer)

    def _reset(self, smtp: smtplib.SMTP, outstanding: int = 0) -> None:
        """After a refusal: some servers answer 503 to all that follows on the same connection otherwise.

        ``outstanding``: so many answers are still to come, to commands that went with the refused one.
        """
        try:
            if 354 in [smtp.getreply()[0] for _ in range(outstanding)]:
                self.abandon()  # a server that wants the bytes of a mail without a recipient
            else:
                smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.abandon()


def _own_name(settings: Settings) -> str:
    """What we call ourselves in EHLO, without asking a name server."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _quoted(data: bytes) -> bytes:
    """Dots at the beginning of a line doubled, and the dot that ends it all. ``data`` has CRLF line ends."""
    doubled = data.replace(b"\r\n.", b"\r\n..")
    if doubled.startswith(b"."):
        doubled = b"." + doubled
    return doubled + (b".\r\n" if doubled.endswith(b"\r\n") else b"\r\n.\r\n")


def _text(reply: bytes) -> str:
    return " ".join(reply.decode("utf-8", "replace").split())[:200]


def _words(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        error = fault.smtp_error
        return f"{fault.smtp_code} {_text(error if isinstance(error, bytes) else str(error).encode())}"
    return (str(fault) or type(fault).__name__)[:200]
