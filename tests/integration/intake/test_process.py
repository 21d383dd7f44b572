"""The real processes: directory's events reach intake, calls go over RabbitMQ, the scheduler runs by itself."""

import json
import os
import subprocess
import sys
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chassis.caller import Caller
from chassis.errors import HallbusError
from chassis.rpc_client import RpcClient
from chassis.testing import eventually
from deploy.local.keys import ensure_key_pair

ROOT = Path(__file__).resolve().parents[3]


class City:
    """Calls over the bus."""

    def __init__(self, client, running):
        self.client, self.running = client, running

    def __call__(self, service, method, caller=None, **request):
        if not method.startswith(("get_", "list_", "track_", "authenticate", "verify_")):
            request.setdefault("request_id", str(uuid.uuid4()))
        return self.client.call(service, method, request, timeout=20.0, caller=caller or Caller.system())


@pytest.fixture(scope="module")
def city(module_services, module_amqp_uri, tmp_path_factory, a_working_day):
    private = tmp_path_factory.mktemp("keys") / "jwt.pem"
    ensure_key_pair(private, private.with_suffix(".pub"))
    running = module_services("directory", "intake", env={"HALLBUS_JWT_PRIVATE_KEY_FILE": str(private), **a_working_day})
    client = RpcClient(module_amqp_uri, name="test")
    assert client.wait_connected(10)
    call = City(client, running)
    call("directory", "upsert_region", region="52.02", name="示例市")
    call("directory", "upsert_hall", hall_id="h0001", name="市政务服务中心", level="city", region="52.02")
    call("directory", "upsert_unit", unit_id="u0001", name="市市场监督管理局", hall_id="h0001")
    call("directory", "upsert_window", window_id="w0001", hall_id="h0001", code="A01", name="企业登记", unit_id="u0001")
    call("directory", "upsert_staff", staff_id="s0001", name="王丽", hall_id="h0001", unit_id="u0001", pin="1001", valid_from="2020-01-01")
    in_hall(call, "i0001", "食品经营许可")
    eventually(lambda: known(call), within=20)
    yield call
    client.close()


def in_hall(call, item_id, name):
    guide = {
        "item_no": "52001", "conditions": "有场所", "procedure": ["受理"], "phone": "8000", "flow_chart": "f.pdf",
        "sample_forms": [{"name": "样表", "reference": "s.pdf"}],
    }  # fmt: skip
    row = {
        "item_id": item_id, "unit_id": "u0001", "name": name, "time_class": "promised", "legal_days": 20, "promised_days": 1,
        "legal_basis": "食品安全法", "guide": guide,
    }  # fmt: skip
    call("directory", "import_items", format="json", content=json.dumps([row]), target_status="in_hall", approval_document="目录")


RECEIPT = {"hall_id": "h0001", "window_id": "w0001", "item_id": "i0001", "staff_id": "s0001", "applicant": {"name": "张三"}}


def known(call):
    try:
        return call("intake", "register_receipt", **RECEIPT)
    except HallbusError:
        return None


def test_parallel_receipts_get_dense_numbers(city):
    with ThreadPoolExecutor(12) as pool:
        numbers = [f.result()["case_no"] for f in [pool.submit(city, "intake", "register_receipt", **RECEIPT) for _ in range(60)]]
    day = Counter(number.rsplit("-", 1)[0] for number in numbers)
    assert set(day.values()) == {60} or len(day) == 2  # two days when midnight in Beijing passed meanwhile
    tails = sorted(int(number.rsplit("-", 1)[1]) for number in numbers)
    assert len(set(numbers)) == 60
    assert tails == list(range(tails[0], tails[0] + 60)) or len(day) == 2


def test_the_scheduler_warns_by_itself(city):
    case_id = city("intake", "register_receipt", **RECEIPT)["case_id"]
    city("intake", "accept_case", case_id=case_id)  # one working day of promise: the yellow rung is due at once
    eventually(lambda: city("intake", "get_case", case_id=case_id)["version"] == 4, within=20)


def test_a_cancelled_item_stops_receipts_soon(city):
    in_hall(city, "i0002", "将取消")
    eventually(lambda: known_item(city, "i0002") == "registered", within=20)
    city("directory", "cancel_item", item_id="i0002", reason="国务院取消", document_no="国发〔2026〕1号")
    eventually(lambda: known_item(city, "i0002") == "ITEM_NOT_IN_HALL", within=20)


def known_item(call, item_id):
    try:
        return call("intake", "register_receipt", **{**RECEIPT, "item_id": item_id})["state"]
    except HallbusError as error:
        return error.reason


def test_a_killed_intake_comes_back_and_a_retry_is_one_case(city):
    request_id = str(uuid.uuid4())
    first = city("intake", "register_receipt", request_id=request_id, **RECEIPT)
    city.running.kill("intake")
    city.running.start("intake")
    assert city("intake", "register_receipt", request_id=request_id, **RECEIPT) == first
    assert city("intake", "track_case", caller=Caller.anonymous(), token=first["track_token"])["case_no"] == first["case_no"]


def test_logins_in_the_patched_process(city):
    account = city(
        "directory", "create_account", login="wangli", name="王丽", password="correct horse 9", staff_id="s0001", hall_id="h0001"
    )
    city("directory", "grant_role", account_id=account["account_id"], role="window_staff", scope="hall:h0001")
    login = {"login": "wangli", "password": "correct horse 9"}
    with ThreadPoolExecutor(8) as pool:
        tokens = [
            f.result() for f in [pool.submit(city, "directory", "authenticate", caller=Caller.anonymous(), **login) for _ in range(4)]
        ]
    assert {token["account_id"] for token in tokens} == {account["account_id"]}
    with pytest.raises(HallbusError, match="INVALID_CREDENTIALS"):
        city("directory", "authenticate", caller=Caller.anonymous(), login="wangli", password="wrong")


def test_bootstrap_from_the_command_line(city):
    env = {
        **os.environ,
        "DATABASE_URL": city.running.database_url,
        "HALLBUS_ADMIN_API_KEY": "hbk_0123456789abcdefghijklmnop",
        "PYTHONPATH": str(ROOT),
    }
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "services.directory.bootstrap"],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        assert "hbk_" not in done.stdout
    env.pop("DATABASE_URL")
    failed = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "services.directory.bootstrap"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert failed.returncode == 2
    assert "DATABASE_URL is not set" in failed.stderr


def test_the_schemas_agree_with_the_migrations(module_database_url):
    from chassis.migrations import check, downgrade, upgrade

    for service in ("directory", "intake"):
        assert check(module_database_url, service) == []
        downgrade(module_database_url, service, "base")
        upgrade(module_database_url, [service])
        assert check(module_database_url, service) == []
