"""Joint handling (联合办理, 并联审批, 联审; M-B20): one case, several units, one lead, each with a clock of its own.

A handling goes proposed → scheduled → met → opinions_due → all_in → issued | returned (domain §2.M), and its state is never set but follows from what has
happened: the furthest step reached counts.

* proposed: the case is joint; members may be named already and wait for a meeting;
* scheduled: it is on the agenda of a meeting that is planned; a meeting that is cancelled takes it back;
* met: a meeting was held; its minutes let the questions go out to the members that waited for it;
* opinions_due: at least one member has been asked. Asked at once, without any meeting, a handling comes here straight from proposed;
* all_in: every member has given its opinion or was excused by the centre; another member may still be named, which leads back to opinions_due;
* issued, returned: the case was decided, approved or rejected; ended: the case is joint no more.
"""
