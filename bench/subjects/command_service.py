"""The bench's own service on the chassis: one command that stores a case and says so, and an echo."""

from marshmallow import Schema, fields, validate
from sqlalchemy import text

from bench.subjects.contracts import REGISTRY, TYPE
from chassis import Database, rpc
from chassis.events import Event

REGION = "52.02.01"
INSERT_CASE = text("""
insert into bench.cases (id, case_no, hall_id, item_code, staff_id, applicant_ref, note, accepted_at)
values (:id, :case_no, :hall_id, :item_code, :staff_id, :applicant_ref, :note, to_timestamp(:accepted_at))
""")
short = validate.Length(1, 64)


class AcceptCase(Schema):
    """An acceptance, checked as a service of the house checks its requests."""

    case_no = fields.String(required=True, validate=short)
    hall_id = fields.String(required=True, validate=short)
    item_code = fields.String(required=True, validate=short)
    staff_id = fields.String(required=True, validate=short)
    applicant_ref = fields.String(required=True, validate=short)
    note = fields.String(required=True, validate=validate.Length(0, 500))
    accepted_at = fields.Integer(required=True, validate=validate.Range(min=0))


class AcceptedCase(Schema):
    """The answer."""

    id = fields.String()
    case_no = fields.String()


class BenchService:
    """Entrypoints only."""

    name = "bench"
    db = Database("bench", contracts=REGISTRY)

    @rpc(request=AcceptCase, response=AcceptedCase, mutating=True)
    def accept_case(self, request):
        """One case, one event, one commit."""
        with self.db.transaction() as tx:
            case_id = tx.new_id()
            tx.write(INSERT_CASE, {"id": case_id, **request})
            data = {"item_code": request["item_code"], "staff_id": request["staff_id"], "points": 1}
            tx.emit(Event(TYPE, case_id, 1, REGION, request["hall_id"], tx.now, data))
        return {"id": case_id, "case_no": request["case_no"]}

    @rpc(request=AcceptCase, response=AcceptCase)
    def echo(self, request):
        """What was asked."""
        return request
