"""Clerks at their windows: each takes one case after the other through receipt, acceptance, decision and the look at his hall's list."""

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import grpc

from bench import protos
from bench.subject import IncorrectResultError

HALLS, WINDOWS, PAGE = 24, 20, 20
_TIMEOUT = 20.0
# The number of a hall's applicant number n: digits that no check forbids for a passport.
_NAMES = "王李张刘陈杨赵黄周吴"


@dataclass
class LifeResult:
    """What the clerks saw; latencies in seconds by call."""

    seconds: float = 0.0
    cycles: int = 0
    latencies: dict[str, list[float]] = field(default_factory=lambda: {"receive": [], "accept": [], "decide": [], "list": [], "search": []})


class Clerks:
    """`clerks` at once over several connections; the load is spread over all halls."""

    def __init__(self, port: int, metadata: Sequence[tuple[str, str]], *, clerks: int = 16, connections: int = 4) -> None:
        self._pb, services = protos.house("intake_pb2"), protos.house("intake_pb2_grpc")
        # Each channel its own connection, or grpc would share one.
        self._channels = [grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.use_local_subchannel_pool", 1)]) for _ in range(connections)]
        self._stubs = [services.IntakeServiceStub(channel) for channel in self._channels]
        self._metadata, self._clerks = tuple(metadata), clerks
        self._lock, self._number = threading.Lock(), 0
        self._errors: list[BaseException] = []

    def run(self, seconds: float, *, cycles: int | None = None) -> LifeResult:
        """Work for `seconds`, or for a number of cases; raises the first thing that went wrong."""
        result = LifeResult()
        until = time.perf_counter() + seconds
        started = time.perf_counter()
        threads = [threading.Thread(target=self._work, args=(n, until, cycles, result)) for n in range(1 if cycles else self._clerks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        result.seconds = time.perf_counter() - started
        if self._errors:
            raise self._errors[0]
        return result

    def look(self, seconds: float, *, readers: int = 2) -> LifeResult:
        """`readers` at once list halls and search applicants, and do nothing else."""
        result = LifeResult()
        until = time.perf_counter() + seconds
        threads = [threading.Thread(target=self._look, args=(n, until, result)) for n in range(readers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._errors:
            raise self._errors[0]
        return result

    def _look(self, reader: int, until: float, result: LifeResult) -> None:
        stub, pb, number = self._stubs[reader % len(self._stubs)], self._pb, reader
        try:
            while time.perf_counter() < until and not self._errors:
                spent: dict[str, float] = {}
                self._timed(spent, "list", stub.ListCases, pb.ListCasesRequest(hall_id=f"h{1 + number % HALLS:04d}", page_size=PAGE))
                phone = f"139{number % max(1, self._number):08d}"
                found = self._timed(spent, "search", stub.ListCases, pb.ListCasesRequest(applicant_phone=phone, page_size=PAGE))
                if not found.cases:
                    raise IncorrectResultError(f"no case is found by the phone {phone}")
                number += 1
                with self._lock:
                    for name, taken in spent.items():
                        result.latencies[name].append(taken)
        except BaseException as error:  # noqa: BLE001 - told to whoever looks
            self._errors.append(error)

    def close(self) -> None:
        """Close every connection."""
        for channel in self._channels:
            channel.close()

    def _work(self, clerk: int, until: float, cycles: int | None, result: LifeResult) -> None:
        stub, done = self._stubs[clerk % len(self._stubs)], 0
        try:
            while time.perf_counter() < until and not self._errors and (cycles is None or done < cycles):
                taken = self._cycle(stub, result)
                done += 1
                with self._lock:
                    result.cycles += 1
                    for name, spent in taken.items():
                        result.latencies[name].append(spent)
        except BaseException as error:  # noqa: BLE001 - told to whoever runs the clerks
            self._errors.append(error)

    def _cycle(self, stub, result: LifeResult) -> dict[str, float]:
        pb, spent = self._pb, dict[str, float]()
        with self._lock:
            number, self._number = self._number, self._number + 1
        hall, person, item = 1 + number % HALLS, (number // HALLS) % WINDOWS, (number // HALLS) % 30
        hall_id, phone = f"h{hall:04d}", f"139{number % 100_000_000:08d}"
        receipt = self._timed(spent, "receive", stub.RegisterReceipt, pb.RegisterReceiptRequest(
            request_id=str(uuid.uuid4()), hall_id=hall_id, window_id=f"w{hall}-{person}", item_id=f"i{hall}-{item}", staff_id=f"s{hall}-{person}",
            applicant=pb.Applicant(name=_NAMES[number % 10] + "小丽", id_kind=pb.ID_KIND_PASSPORT, id_number=f"E{number:08d}", phone=phone),
            materials=["M1", "M2"],
        ))  # fmt: skip
        self._timed(spent, "accept", stub.AcceptCase, pb.AcceptCaseRequest(request_id=str(uuid.uuid4()), case_id=receipt.case_id))
        handler = f"s{hall}-{item % 10}"
        decided = self._timed(spent, "decide", stub.DecideCase, pb.DecideCaseRequest(
            request_id=str(uuid.uuid4()), case_id=receipt.case_id, outcome=pb.CASE_DECISION_APPROVED, handler_id=handler, opinion="同意",
        ))  # fmt: skip
        listed = self._timed(spent, "list", stub.ListCases, pb.ListCasesRequest(hall_id=hall_id, page_size=PAGE))
        if decided.case_id != receipt.case_id or receipt.case_id not in {case.case_id for case in listed.cases}:
            raise IncorrectResultError(f"case {receipt.case_no} is not at the head of its hall's list")
        if number % 10 == 0:
            found = self._timed(spent, "search", stub.ListCases, pb.ListCasesRequest(applicant_phone=phone, page_size=PAGE))
            if receipt.case_id not in {case.case_id for case in found.cases}:
                raise IncorrectResultError(f"case {receipt.case_no} is not found by its applicant's phone")
        return spent

    def _timed(self, spent: dict[str, float], name: str, call, request):
        began = time.perf_counter()
        answer = call(request, timeout=_TIMEOUT, metadata=self._metadata)
        spent[name] = time.perf_counter() - began
        return answer
