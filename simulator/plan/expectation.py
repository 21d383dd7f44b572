"""The score sheets that this day must give, worked out by hand from the two rulebooks' texts (domain §3.1, §3.2); points in hundredths.

Not computed from anything the house says: who changes the plan changes these lines by hand as well.
"""

from __future__ import annotations

XZK_PERIOD, MJ_PERIOD = "2026Q4", "2026-11"
XZK_BASE = 10000
MJ_BASE = "100.00"
"""The text states none; the administrator enters it (A-32)."""

Lines = tuple[tuple[str, int], ...]

# XZK, windows. 5D-10 late or early 0.5, the third breach of the same rule by the same person in a month double (5D-15); 5D-11 absent 1 for each
# half-day; 5D-17a away 30 to 60 minutes 0.5; 5D-5 smoking 1; 5D-4 untidy 1; 5C-7a complaint 1; 5C-3 overdue 1 for each working day;
# 5C-2b no one-time notice 1; 4-6 thanks +2. Away for 25 minutes and an empty window have no line in this text.
XZK_WINDOWS: dict[str, Lines] = {
    "w0001": (
        ("XZK-5D-10", -50), ("XZK-5D-10", -50), ("XZK-5D-10", -100),  # s0001: late, late, early
        ("XZK-5D-5", -100),  # s0001 smoked
        ("XZK-5D-11", -100), ("XZK-5D-17a", -50), ("XZK-5C-7a", -100),  # s0002: absent in the morning, away, complaint
        ("XZK-5C-3", -100),  # i0001 one day over
    ),
    "w0003": (("XZK-5C-2b", -100), ("XZK-5C-3", -100), ("XZK-5C-3", -100)),  # forgotten notice; i0007 two days over
    "w0005": (("XZK-5D-10", -50), ("XZK-5C-3", -100), ("XZK-5C-3", -100), ("XZK-5C-3", -100)),  # s0012 late; i0014 three days over
    "w0006": (("XZK-5C-3", -100), ("XZK-5C-3", -100)),  # i0014 decided two days late
    "w0008": (("XZK-5D-10", -50),),  # s0017 early
    "w0009": (("XZK-5C-3", -100),),  # i0024 decided one day late
    "w0010": (("XZK-5D-10", -50),),  # s0023 late
    "w0011": (("XZK-5D-11", -100), ("XZK-5D-11", -100), ("XZK-5D-4", -100)),  # s0026 absent all day; untidy
    "w0013": (("XZK-4-6", 200),),  # thanks
    "w0014": (),  # i0031 two days over, in the afternoon decided to be no fault of staff
    "w0015": (("XZK-5D-10", -50),),  # s0035 early
    "w0018": (("XZK-5D-10", -50), ("XZK-5C-2b", -100)),  # s0043 late; told twice
    "w0021": (("XZK-5D-10", -50),),  # s0052 late
    "w0023": (("XZK-5D-11", -100),),  # s0056 absent in the afternoon
}  # fmt: skip

# What was taken back, and by which event: (line, points given back, source). Lines that were only posted anew in another order of news are not planned.
REVERSED: dict[str, tuple[tuple[str, int, str], ...]] = {
    "w0014": (("XZK-5C-3", 100, "intake.case.breach_judged"), ("XZK-5C-3", 100, "intake.case.breach_judged")),
}

# MJ, persons. 20-7a late, early or away 2 each; 20-7b absent 5 for each half-day; 20-3 smoking 2; 21-1a complaint 3; 24-2 thanks +2.
MJ_PERSONS: dict[str, Lines] = {
    "s0001": (("MJ-20-7a", -200), ("MJ-20-7a", -200), ("MJ-20-7a", -200), ("MJ-20-3", -200)),
    "s0002": (("MJ-20-7b", -500), ("MJ-20-7a", -200), ("MJ-21-1a", -300)),
    "s0012": (("MJ-20-7a", -200), ("MJ-20-7a", -200)),
    "s0017": (("MJ-20-7a", -200),),
    "s0023": (("MJ-20-7a", -200),),
    "s0026": (("MJ-20-7b", -500), ("MJ-20-7b", -500)),
    "s0031": (("MJ-24-2", 200),),
    "s0035": (("MJ-20-7a", -200),),
    "s0043": (("MJ-20-7a", -200),),
    "s0052": (("MJ-20-7a", -200),),
    "s0056": (("MJ-20-7b", -500),),
}

# MJ, units: their own lines, and 17(2): for each full 5 that one of their people loses, the unit loses 2. Sums only.
MJ_UNITS: dict[str, int] = {
    "u0001": -200 - 400,  # s0001 lost 8, s0002 lost 10
    "u0006": -400 - 500,  # s0026 lost 10; untidy window (17-3)
    "u0007": 200,  # thanks (18-4)
    "u0011": -500,  # empty window (17-1)
    "u0012": -200,  # s0056 lost 5
}

WORST_WINDOW, BEST_WINDOW = "w0001", "w0013"
