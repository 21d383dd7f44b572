"""Requests read off a line as terminals really send them, and where each ends."""

from datetime import UTC, datetime

import pytest

from chassis import clock, http_message
from chassis.errors import InvalidArgument
from chassis.http_message import BadRequest, BodyCut, Line, Response, read_request, response_bytes


class Wire:
    """A line whose bytes come in the given pieces; what is sent is kept."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces, self.sent = list(pieces), b""
        self.line = Line(self.receive, self.send)

    def receive(self, most: int) -> bytes:
        if not self.pieces:
            return b""
        piece, rest = self.pieces[0][:most], self.pieces[0][most:]
        self.pieces[:1] = [rest] if rest else []
        return piece

    def send(self, said: bytes) -> None:
        self.sent += said


def request_of(*pieces: bytes):
    return read_request(Wire(*pieces).line)


def post(body: bytes, *headers: str, length: str | None = None) -> bytes:
    lines = ["POST /iclock/cdata?SN=1 HTTP/1.1", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /iclock/getrequest?SN=1&INFO=a,b HTTP/1.1\r\nHost: x\r\nUser-Agent:  iClock Proxy/1.09 \r\n\r\n",
        b"GET /iclock/getrequest?SN=1&INFO=a,b HTTP/1.0\nUSER-AGENT: iClock Proxy/1.09\n\n",
        b"\r\n\r\nget http://10.0.0.1:8081/iclock/getrequest?SN=1&INFO=a,b HTTP/1.1\r\nuser-agent: iClock Proxy/1.09\r\n\r\n",
        b"GET /iclock/%67etrequest?SN=1&INFO=a,b HTTP/1.1\r\nUser-Agent: iClock Proxy/1.09\r\nnonsense\r\n\r\n",
    ],
    ids=["CRLF", "LF and 1.0", "blank lines, lower case, whole address", "escaped path, a line that is no header"],
)
def test_a_head_however_it_is_written_and_cut(raw):
    for pieces in ([raw], [raw[i : i + 1] for i in range(len(raw))]):
        request = request_of(*pieces)
        assert (request.method, request.path, request.query) == ("GET", "/iclock/getrequest", "SN=1&INFO=a,b")
        assert request.headers["user-agent"] == "iClock Proxy/1.09"
        assert request.body(10) == (b"", 0)


@pytest.mark.parametrize(
    ("version", "connection", "keep"),
    [("1.1", None, True), ("1.1", "close", False), ("1.1", "Keep-Alive", True), ("1.0", None, False), ("1.0", "Keep-Alive", True)],
)
def test_whether_another_request_may_follow(version, connection, keep):
    said = f"GET / HTTP/{version}\r\n" + (f"Connection: {connection}\r\n" if connection else "") + "\r\n"
    request = request_of(said.encode())
    request.leave()
    assert request.keep is keep


def test_one_request_after_the_other_on_a_line():
    wire = Wire(post(b"abc") + post(b"de", "Expect: 100-continue") + b"GET /last HTTP/1.1\r\n\r\n")
    assert read_request(wire.line).body(10) == (b"abc", 3)
    assert wire.sent == b""
    assert read_request(wire.line).body(10) == (b"de", 2)
    assert wire.sent == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert read_request(wire.line).path == "/last"
    assert read_request(wire.line) is None


@pytest.mark.parametrize("raw", [b"", b"GET / HTTP/1.1\r\nHost: x", b"\r\n\r\n"])
def test_a_line_that_ends_before_a_head_is_no_request(raw):
    assert request_of(raw) is None


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"\x16\x03\x01 \x02\x00 x\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 10_000, 431),
    ],
    ids=["words", "HTTP/0.9", "TLS", "HTTP/2", "endless head"],
)
def test_what_is_no_request_is_refused(raw, status):
    with pytest.raises(BadRequest) as caught:
        request_of(raw)
    assert caught.value.status == status


def test_a_body_beyond_the_limit_is_read_away_and_the_next_request_found():
    wire = Wire(post(b"x" * 200_000) + b"GET /next HTTP/1.1\r\n\r\n")
    request = read_request(wire.line)
    assert request.body(1000) == (None, 200_000)
    assert request.keep
    assert read_request(wire.line).path == "/next"


def test_a_body_beyond_everything_ends_the_line(monkeypatch):
    monkeypatch.setattr(http_message, "MOST_DISCARDED_BYTES", 5000)
    request = request_of(post(b"x" * 20_000))
    assert request.body(1000) == (None, 20_000)
    assert not request.keep


def test_a_body_nobody_asked_for_does_not_become_the_next_request():
    wire = Wire(post(b"GET /smuggled HTTP/1.1\r\n\r\n") + b"GET /next HTTP/1.1\r\n\r\n")
    read_request(wire.line).leave()
    assert read_request(wire.line).path == "/next"
    uninvited = request_of(post(b"", "Expect: 100-continue", length="1000000"))
    uninvited.leave()
    assert not uninvited.keep


def test_a_body_that_breaks_off_says_how_much_came():
    request = request_of(post(b"abc", length="10"))
    with pytest.raises(BodyCut, match="3 of 10"):
        request.body(100)
    assert not request.keep


@pytest.mark.parametrize("length", ["-5", "+5", "5x", "", "0x5", "٥", "9" * 30])
def test_a_length_that_is_no_number_is_refused(length):
    request = request_of(post(b"abcde", length=length))
    with pytest.raises(InvalidArgument, match="CONTENT_LENGTH_INVALID"):
        request.body(100)
    assert not request.keep


def test_two_lengths_that_contradict_each_other_are_refused():
    assert request_of(post(b"abc", "Content-Length: 3")).body(10) == (b"abc", 3)
    with pytest.raises(InvalidArgument, match="CONTENT_LENGTH_INVALID"):
        request_of(post(b"abc", "Content-Length: 30", "Content-Length: 3")).body(10)


CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_chunks_are_joined():
    raw = CHUNKED + b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n"
    for pieces in ([raw], [raw[i : i + 1] for i in range(len(raw))]):
        request = request_of(*pieces)
        assert request.body(13) == (b"abc0123456789", 13)
        assert not request.keep
    assert request_of(raw).body(12) == (None, 13)


@pytest.mark.parametrize(
    ("rest", "error"),
    [
        (b"-3\r\nabc", InvalidArgument),
        (b"3_0\r\nabc", InvalidArgument),
        (b"123456789\r\n", InvalidArgument),
        (b"5\r\nab", BodyCut),
        (b"", BodyCut),
    ],
)
def test_broken_chunks_are_refused(rest, error):
    with pytest.raises(error):
        request_of(CHUNKED + rest).body(100)


def test_another_transfer_encoding_is_refused():
    with pytest.raises(InvalidArgument, match="TRANSFER_ENCODING_UNKNOWN"):
        request_of(CHUNKED.replace(b"chunked", b"gzip, chunked")).body(100)


def test_who_dribbles_is_given_up(monkeypatch):
    monkeypatch.setattr(http_message, "HEAD_SECONDS", -1.0)
    assert request_of(b"GET / HT", b"TP/1.1\r\n\r\n") is None
    whole = post(b"ab")
    with pytest.raises(BodyCut, match="2 of 10"):
        request_of(post(b"ab", length="10"), b"cdefghij").body(100)
    assert request_of(whole).body(100) == (b"ab", 2)


def test_a_line_that_times_out_within_a_body_has_broken_off():
    pieces = [post(b"abc", length="10")]

    def receive(_most: int) -> bytes:
        if pieces:
            return pieces.pop()
        raise TimeoutError

    with pytest.raises(BodyCut, match="3 of 10"):
        read_request(Line(receive, lambda _: None)).body(100)


def test_an_answer_has_the_houses_date_and_its_length(monkeypatch):
    class Shown:
        def now(self):
            return datetime(2026, 11, 23, 0, 31, tzinfo=UTC)

    monkeypatch.setattr(clock, "_clock", Shown())
    head = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nDate: Mon, 23 Nov 2026 00:31:00 GMT\r\n"
    response = Response(b"not", 503)
    assert response_bytes(response, keep=True) == head + b"\r\nnot"
    assert response_bytes(response, keep=False) == head + b"Connection: close\r\n\r\nnot"
    assert response_bytes(response, keep=True, body=False) == head + b"\r\n"
