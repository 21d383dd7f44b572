"""Entrypoints: joint handling (联合办理): meetings, opinions of the members, decisions of the centre."""

from __future__ import annotations

from typing import Any

from chassis import due, rpc
from chassis.database import Db
from chassis.sealing import Vault
from services.intake.config import IntakeConfig
from services.intake.queries import joint as looking
from services.intake.schemas import joint as schemas
from services.intake.schemas import joint_inspections as inspections
from services.intake.schemas import joint_meetings as meetings
from services.intake.usecases import joint
from services.intake.usecases.joint import watching

Request = dict[str, Any]
BATCH = 100


class JointMethods:
    """Joint handling (联合办理): meetings, opinions of the members, decisions of the centre."""

    db: Db
    config: IntakeConfig
    vault: Vault

    @rpc(request=schemas.ConveneJoint, response=schemas.JointHandling, mutating=True)
    def convene_joint(self, request: Request) -> Any:
        return joint.convene(self.db, self.config.rules, **request)

    @rpc(request=schemas.GiveJointOpinion, response=schemas.JointHandling, mutating=True)
    def give_joint_opinion(self, request: Request) -> Any:
        return joint.give_opinion(self.db, self.config.rules, **request)

    @rpc(request=schemas.DecideJoint, response=schemas.JointHandling, mutating=True)
    def decide_joint(self, request: Request) -> Any:
        return joint.decide(self.db, self.config.rules, **request)

    @rpc(request=schemas.GetJointHandling, response=schemas.JointHandling)
    def get_joint_handling(self, request: Request) -> Any:
        return looking.get_handling(self.db, self.config.rules, self.vault, **request)

    @rpc(request=schemas.ListJointHandlings, response=schemas.JointHandlingPage)
    def list_joint_handlings(self, request: Request) -> Any:
        return looking.list_handlings(self.db, self.config.rules, **request)

    @rpc(request=meetings.ScheduleJointMeeting, response=meetings.JointMeeting, mutating=True)
    def schedule_joint_meeting(self, request: Request) -> Any:
        return joint.schedule_meeting(self.db, self.config.rules, **request)

    @rpc(request=meetings.PutOnJointAgenda, response=meetings.JointMeeting, mutating=True)
    def put_on_joint_agenda(self, request: Request) -> Any:
        return joint.put_on_agenda(self.db, self.config.rules, **request)

    @rpc(request=meetings.MoveJointMeeting, response=meetings.JointMeeting, mutating=True)
    def move_joint_meeting(self, request: Request) -> Any:
        return joint.move_meeting(self.db, self.config.rules, **request)

    @rpc(request=meetings.CancelJointMeeting, response=meetings.JointMeeting, mutating=True)
    def cancel_joint_meeting(self, request: Request) -> Any:
        return joint.cancel_meeting(self.db, self.config.rules, **request)

    @rpc(request=meetings.RecordJointAttendance, response=meetings.JointMeeting, mutating=True)
    def record_joint_attendance(self, request: Request) -> Any:
        return joint.record_attendance(self.db, self.config.rules, **request)

    @rpc(request=meetings.RecordJointMinutes, response=meetings.JointMeeting, mutating=True)
    def record_joint_minutes(self, request: Request) -> Any:
        return joint.record_minutes(self.db, self.config.rules, **request)

    @rpc(request=meetings.ListJointMeetings, response=meetings.JointMeetingPage)
    def list_joint_meetings(self, request: Request) -> Any:
        return looking.list_meetings(self.db, self.config.rules, **request)

    @rpc(
        request=inspections.PlanJointInspection,
        response=inspections.JointInspection,
        mutating=True,
        secrets=("place",),
        told_once=("place",),
    )
    def plan_joint_inspection(self, request: Request) -> Any:
        return joint.plan_inspection(self.db, self.config.rules, self.vault, **request)

    @rpc(request=inspections.MoveJointInspection, response=inspections.JointInspection, mutating=True, told_once=("place",))
    def move_joint_inspection(self, request: Request) -> Any:
        return joint.move_inspection(self.db, self.config.rules, self.vault, **request)

    @rpc(request=inspections.RecordJointInspection, response=inspections.JointInspection, mutating=True, told_once=("place",))
    def record_joint_inspection(self, request: Request) -> Any:
        return joint.record_inspection(self.db, self.config.rules, self.vault, **request)

    @rpc(request=inspections.CancelJointInspection, response=inspections.JointInspection, mutating=True, told_once=("place",))
    def cancel_joint_inspection(self, request: Request) -> Any:
        return joint.cancel_inspection(self.db, self.config.rules, self.vault, **request)

    @rpc(request=schemas.ReportJointConduct, response=schemas.JointConduct, mutating=True)
    def report_joint_conduct(self, request: Request) -> Any:
        return joint.report_conduct(self.db, **request)

    @rpc(request=schemas.DecideJointConduct, response=schemas.JointConduct, mutating=True)
    def decide_joint_conduct(self, request: Request) -> Any:
        return joint.decide_conduct(self.db, **request)

    @rpc(request=schemas.ListJointConduct, response=schemas.JointConductPage)
    def list_joint_conduct(self, request: Request) -> Any:
        return looking.list_conduct(self.db, **request)

    @due(every_seconds=2.0, batch=BATCH)
    def run_joint_timers(self) -> int:
        return watching.run_timers(self.db, self.config.rules, limit=BATCH)

    @due(every_seconds=5.0, batch=BATCH)
    def reproject_joint(self) -> int:
        return watching.reproject(self.db, self.config.rules, limit=BATCH)
